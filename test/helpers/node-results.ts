// What a node leaves of a race, made by its own writers.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import type { Snapshot, StepJoined } from '../../src/protocol/messages.ts'
import { ChunkWriter } from '../../src/results/chunk-writer.ts'
import { openRaceFolder } from '../../src/results/race-folder.ts'
import { SnapshotWriter } from '../../src/results/snapshot-writer.ts'
import { columnsOf, type PlainRow } from './plain-rows.ts'

export interface MadeChunk {
  readonly step?: number
  readonly rows: readonly PlainRow[]
}

export interface MadeResults {
  readonly node?: string
  readonly epoch?: string
  readonly chunks?: readonly MadeChunk[]
  readonly events?: readonly (Snapshot | StepJoined)[]
  /** The session is still open. */
  readonly isOpen?: boolean
}

export const TASKS = ['search', 'bulk', 'sort']
export const ERRORS = ['timeout', 'http-429']
export const UNITS = ['ops', 'docs']

/** A folder that goes with the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rally-results-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** Writes what a session of race `r` would below `dir`; throws what its writers fail with. */
export async function makeResults(dir: string, { node = 'a', epoch = '0a', chunks = [], events = [], isOpen = false }: MadeResults): Promise<void> {
  const folder = await openRaceFolder(dir, { race: 'r', node, epoch })
  const errors: unknown[] = []
  const chunkWriter = new ChunkWriter(folder, (error) => errors.push(error))
  for (const { step = 0, rows } of chunks) {
    const chunk = { rows: rows.length, columns: columnsOf(rows), errors: ERRORS, units: UNITS }
    chunkWriter.add({ step, tasks: TASKS, startedAtMs: 1_700_000_000_000 }, chunk, () => {})
  }
  await chunkWriter.settled()
  const snapshotWriter = new SnapshotWriter(folder, (error) => errors.push(error))
  for (const event of events) {
    if ('seq' in event) snapshotWriter.add(event)
    else snapshotWriter.addJoined(event)
  }
  await snapshotWriter.settled()
  if (!isOpen) await folder.close(chunkWriter.bytes + snapshotWriter.bytes)
  if (errors.length > 0) throw errors[0]
}

/** Content by place below the folder: `chunks/…`, `snapshots/…`. */
export function filesOf(folder: string): Map<string, string> {
  const files = new Map<string, string>()
  for (const kind of ['chunks', 'snapshots']) {
    for (const name of readdirSync(join(folder, kind))) files.set(`${kind}/${name}`, readFileSync(join(folder, kind, name), 'latin1'))
  }
  return files
}

export function plainRow(changes: Partial<PlainRow> = {}): PlainRow {
  return { finishNs: 1_000_000, latencyNs: 3000, serviceNs: 2000, processingNs: 4000, sendDelayNs: 1000, weight: 1, client: 0, task: 0, error: 0, unit: 0, normal: 1, ...changes }
}
