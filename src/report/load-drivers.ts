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
  return `## Load drivers\n\n${markdownTable(HEADERS, rows, 'right')}`
}

function remark(node: JsonObject): string {
  const why = textAt(node, 'lost', 'why')
  const step = numberAt(node, 'lost', 'step')
  if (why !== null) return onOneLine(`lost ${step === null ? 'while preparing' : `in step ${step}`}: ${why}`, MAX_WHY_LENGTH)
  if (numberAt(node, 'clients') === 0) return 'no client was left for it'
  const silentMs = numberAt(node, 'silent-ms') ?? 0
  return silentMs === 0 ? '' : `silent for ${(silentMs / 1000).toFixed(1)} s`
}
