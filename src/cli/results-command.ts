// `rally results list|pull|export`: what the nodes of a race measured, request by request.

import { createWriteStream } from 'node:fs'
import { Readable } from 'node:stream'
import { pipeline } from 'node:stream/promises'
import { isRaceId, racesDir } from '../config/directories.ts'
import type { Config } from '../config/config.ts'
import { diskError } from '../core/atomic-file.ts'
import { systemClock } from '../core/clock.ts'
import { RallyError } from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import { numberAt, objectsAt } from '../core/json-path.ts'
import { printJson } from '../core/json-print.ts'
import { countText } from '../core/units.ts'
import { findRace, findSummary } from '../metrics/race-store.ts'
import type { StoredRace } from '../metrics/stored-race.ts'
import { resultsJson, resultsText, sampledRacesJson, sampledRacesText, samplesIn } from '../report/results-listing.ts'
import { exportSamples } from '../results/export-samples.ts'
import { isProcessAlive } from '../results/race-folder.ts'
import { mergeChunks } from '../results/merge-chunks.ts'
import type { Command, CommandContext } from './command.ts'
import { textOf } from './flag-values.ts'
import { printReport } from './print-report.ts'
import { bringHere } from './pull-nodes.ts'
import { requireRaceResults, sampledRaces } from './race-results.ts'
import { remakeRace } from './remake-race.ts'

export const resultsCommand: Command = async (context) => {
  if (context.operand !== null && !isRaceId(context.operand)) throw new RallyError('usage', `"${context.operand}" is no race id`, { hint: 'see `rally results list`' })
  await ACTIONS[context.argument as keyof typeof ACTIONS](context, context.config({ datastore: false }))
}

const ACTIONS = { list, pull, export: exportRace } as const

async function list(context: CommandContext, config: Config): Promise<void> {
  const { operand, output } = context
  const isJson = formatOf(context, ['text', 'json']) === 'json'
  if (operand === null) {
    const races = await sampledRaces(config)
    return isJson ? output.printJson(printJson({ races: sampledRacesJson(races) }, { indent: 2 })) : output.print(sampledRacesText(races))
  }
  const { found } = await requireRaceResults(config, operand)
  for (const problem of found.problems) output.warning(problem)
  if (isJson) output.printJson(printJson(resultsJson(operand, found), { indent: 2 }))
  else output.print(resultsText(operand, found))
}

async function pull(context: CommandContext, config: Config): Promise<void> {
  const raceId = context.operand ?? ''
  await bringHere(context, config, raceId)
  const results = await requireRaceResults(config, raceId)
  const dir = racesDir(config)
  if (results.isRunning || isAlive(await findRace(dir, raceId), await findSummary(dir, raceId))) {
    context.output.info(`Race ${raceId} is still running: ${countText(samplesIn(results.found))} samples of it are here; its report comes when it ends.`)
    return
  }
  const from = (textOf(context.flags, 'from') ?? 'samples') as 'samples' | 'histograms'
  await printReport(context, config, await remakeRace(context, config, { raceId, results, from }))
}

/** A coordinator writes its summary every five seconds as long as it lives: without it, its process id is another's by now. */
const SUMMARY_SILENCE_MS = 20_000

function isAlive({ status }: StoredRace, summary: JsonObject | null): boolean {
  const writtenAtMs = numberAt(summary ?? {}, 'written-at-ms') ?? 0
  return status === 'running' && systemClock.wallMs() - writtenAtMs < SUMMARY_SILENCE_MS && isProcessAlive(numberAt(summary ?? {}, 'pid') ?? 0)
}

async function exportRace(context: CommandContext, config: Config): Promise<void> {
  const { output, signal, flags } = context
  const raceId = context.operand ?? ''
  const format = formatOf(context, ['ndjson', 'csv']) === 'csv' ? 'csv' : 'ndjson'
  const { found } = await requireRaceResults(config, raceId)
  for (const problem of found.problems) output.warning(problem)
  const stepStartsAtMs = await stepStartsOf(config, raceId)
  const text = exportSamples(mergeChunks(found.chunks, (line) => output.warning(line)), { format, stepStartsAtMs })
  const path = textOf(flags, 'output-path')
  if (path === null) return output.pour(text, signal)
  await pipeline(Readable.from(text), createWriteStream(path), { signal }).catch((error: unknown) => {
    throw signal.aborted ? error : diskError(path, error)
  })
}

/** By the coordinator's clock; null where it is not known. */
async function stepStartsOf(config: Config, raceId: string): Promise<(number | null)[]> {
  const dir = racesDir(config)
  const race = await findRace(dir, raceId).catch(() => null)
  const starts = objectsAt(race?.document, 'step-starts')
  const known = starts.length > 0 ? starts : objectsAt((await findSummary(dir, raceId)) ?? {}, 'step-starts')
  return known.map((start) => numberAt(start, 'at-ms'))
}

function formatOf({ flags, argument }: CommandContext, formats: readonly string[]): string | null {
  const format = textOf(flags, 'format')
  if (format !== null && !formats.includes(format)) throw new RallyError('usage', `--format: results ${argument} takes ${formats.join(' or ')}, not ${format}`)
  return format
}
