// The load drivers of a race, where there was more than one: what each did, and how it fared.

import type { JsonObject } from '../core/json.ts'
import { jsonAt, numberAt, objectsAt, textAt } from '../core/json-path.ts'
import { onOneLine } from './printable.ts'
import { markdownTable, type Cell } from './table.ts'

const HEADERS = ['Node', 'Clients', 'Workers', 'Requests', 'Health', 'Start within', '']
const MAX_WHY_LENGTH = 200

/** Empty for a race of one. */
export function loadDriverSection(document: JsonObject): string {
  const nodes = objectsAt(document, 'nodes')
  if (nodes.length < 2) return ''
  const rows = nodes.map((node): readonly Cell[] => [
    textAt(node, 'name') ?? '?',
    numberAt(node, 'clients'),
    numberAt(node, 'workers'),
    numberAt(node, 'requests'),
    jsonAt(node, 'over-limits') === true ? 'over a limit' : 'ok',
    `±${(numberAt(node, 'start-skew-ms') ?? 0).toFixed(2)} ms`,
    remark(node)
  ])
  return `## Load drivers\n\n${markdownTable(HEADERS, rows, 'right')}${whereSamplesAre(nodes, textAt(document, 'race-id') ?? '')}`
}

/** Those that can be brought here, and which of them are not all. */
function whereSamplesAre(nodes: readonly JsonObject[], raceId: string): string {
  const there = nodes.filter((node) => textAt(node, 'samples') === 'node')
  if (there.length === 0) return ''
  const names = (some: readonly JsonObject[]): string => some.map((node) => textAt(node, 'name') ?? '?').join(', ')
  const lost = there.filter((node) => textAt(node, 'lost', 'why') !== null)
  const those = lost.length === 0 ? '' : `; of ${names(lost)}, which was lost, what had been written by then (all but ten seconds at most), once it can be reached again`
  return `\nThe samples of ${names(there)} are on the disks there: \`rally results pull ${raceId}\` brings them here${those}.\n`
}

function remark(node: JsonObject): string {
  const why = textAt(node, 'lost', 'why')
  const step = numberAt(node, 'lost', 'step')
  if (why !== null) return onOneLine(`lost ${step === null ? 'while preparing' : `in step ${step}`}: ${why}`, MAX_WHY_LENGTH)
  if (numberAt(node, 'clients') === 0) return 'no client was left for it'
  const silentMs = numberAt(node, 'silent-ms') ?? 0
  return silentMs === 0 ? '' : `silent for ${(silentMs / 1000).toFixed(1)} s`
}
