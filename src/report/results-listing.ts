// What `rally results list` prints.

import type { JsonObject } from '../core/json.ts'
import { countText, sizeText } from '../core/units.ts'
import { drawTable, type Cell } from './table.ts'

interface ListedFile {
  readonly header: { readonly node: string; readonly step: number; readonly count: number }
  readonly sizeBytes: number
}

/** Result files of a race, by kind. */
export interface ListedResults {
  readonly chunks: readonly (ListedFile & { readonly header: { readonly tasks: readonly string[] } })[]
  readonly snapshots: readonly ListedFile[]
}

export interface SampledRace {
  readonly race: string
  readonly isRunning: boolean
  readonly isClosed: boolean
  /** Wall clock. */
  readonly lastAtMs: number
  readonly found: ListedResults
}

/** All races whose samples are on this machine. */
export function sampledRacesText(races: readonly SampledRace[]): string {
  if (races.length === 0) return '\nNo samples are kept on this machine.\n'
  const rows = races.map((race) => [race.race, stateOf(race), stampOf(race), countText(samplesIn(race.found)), sizeText(bytesIn(race.found))])
  return `\nRaces with samples on this machine:\n\n${table(['Race ID', 'State', 'Last Written', 'Samples', 'Size'], rows)}\n`
}

export function sampledRacesJson(races: readonly SampledRace[]): JsonObject[] {
  return races.map((race) => ({ 'race-id': race.race, state: stateOf(race), 'last-written': stampOf(race), samples: samplesIn(race.found), bytes: bytesIn(race.found) }))
}

/** What is here of one race, by node and step. */
export function resultsText(raceId: string, found: ListedResults): string {
  const rows = stepsOf(found).map((step): Cell[] => [step.node, step.step + 1, step.tasks.join(', '), step.chunks, countText(step.samples), sizeText(step.bytes)])
  return `\nSamples of race ${raceId}:\n\n${table(['Node', 'Step', 'Tasks', 'Chunks', 'Samples', 'Size'], rows)}\n`
}

export function resultsJson(raceId: string, found: ListedResults): JsonObject {
  return { 'race-id': raceId, samples: samplesIn(found), bytes: bytesIn(found), steps: stepsOf(found).map((step) => ({ ...step })) }
}

interface StepResults {
  readonly node: string
  readonly step: number
  readonly tasks: readonly string[]
  readonly chunks: number
  readonly samples: number
  /** With the snapshots. */
  readonly bytes: number
}

function stepsOf({ chunks, snapshots }: ListedResults): StepResults[] {
  const places = new Map([...chunks, ...snapshots].map(({ header: { node, step } }) => [JSON.stringify([node, step]), { node, step }]))
  const steps = [...places.values()].map(({ node, step }) => {
    const isHere = ({ header }: ListedFile): boolean => header.node === node && header.step === step
    const own = chunks.filter(isHere)
    const bytes = [...own, ...snapshots.filter(isHere)].reduce((sum, file) => sum + file.sizeBytes, 0)
    return { node, step, tasks: own[0]?.header.tasks ?? [], chunks: own.length, samples: own.reduce((sum, file) => sum + file.header.count, 0), bytes }
  })
  return steps.sort((a, b) => a.step - b.step || (a.node < b.node ? -1 : 1))
}

export function samplesIn({ chunks }: ListedResults): number {
  return chunks.reduce((sum, { header }) => sum + header.count, 0)
}

function bytesIn({ chunks, snapshots }: ListedResults): number {
  return [...chunks, ...snapshots].reduce((sum, { sizeBytes }) => sum + sizeBytes, 0)
}

function stateOf({ isRunning, isClosed }: SampledRace): string {
  return isRunning ? 'running' : isClosed ? 'ended' : 'broken off'
}

function stampOf({ lastAtMs }: SampledRace): string {
  return new Date(lastAtMs).toISOString().replace(/\.\d+Z$/, 'Z')
}

function table(headers: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return drawTable(headers, rows, { format: 'simple', numbersAlign: 'right', textAlign: 'left', parseNumbers: false })
}
