// Chunks of all workers and nodes → one row of samples, in the order (step, finish, node, epoch, number of the chunk, row). A chunk is
// read when the merge has come to its first sample and let go behind its last: only those that overlap are in memory.

import { messageOf } from '../core/errors.ts'
import { Heap } from './heap.ts'
import { msOfNs } from './planes.ts'
import { readChunk, type Chunk, type FoundFile } from './read-results.ts'
import type { ChunkHeader } from './result-file.ts'

/** One measured request. Times are milliseconds. */
export interface SampleRow {
  readonly node: string
  readonly step: number
  readonly task: string
  readonly sampleType: 'warmup' | 'normal'
  readonly client: number
  /** The step's start by the node's own wall clock: for stamps only. */
  readonly startedAtMs: number
  /** After the step's start. */
  readonly endOffsetMs: number
  readonly latencyMs: number
  readonly serviceMs: number
  readonly processingMs: number
  /** NaN: it was not due at a time, or its client was busy then. */
  readonly sendDelayMs: number
  readonly weight: number
  readonly unit: string
  /** Class; null: it succeeded. */
  readonly error: string | null
}

/** Rows given at once. */
const BATCH = 1024

/**
 * @param files in any order
 * @param problem told of each chunk that is damaged, and so left out
 */
export async function* mergeChunks(files: readonly FoundFile<ChunkHeader>[], problem: (line: string) => void): AsyncGenerator<SampleRow[], void, void> {
  const waiting = files.toSorted(compareStarts)
  const open = new Heap<Cursor>(isBefore)
  let next = 0
  let batch: SampleRow[] = []
  while (next < waiting.length || open.first !== undefined) {
    while (next < waiting.length && mustOpen(waiting[next]!.header, open.first)) {
      const cursor = await openCursor(waiting[next++]!, problem)
      if (cursor !== null) open.push(cursor)
    }
    const first = open.first
    if (first === undefined) continue
    batch.push(rowOf(first))
    if (++first.row === first.chunk.header.count) open.pop()
    else open.moved()
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}

interface Cursor {
  readonly chunk: Chunk
  row: number
}

async function openCursor({ path }: FoundFile<ChunkHeader>, problem: (line: string) => void): Promise<Cursor | null> {
  try {
    const chunk = await readChunk(path)
    return chunk.header.count === 0 ? null : { chunk, row: 0 }
  } catch (error) {
    problem(messageOf(error))
    return null
  }
}

/** Whether a chunk may hold a sample that comes before all that are open. */
function mustOpen(header: ChunkHeader, first: Cursor | undefined): boolean {
  if (first === undefined) return true
  const { header: { step }, columns } = first.chunk
  return header.step < step || (header.step === step && msOfNs(header['first-ns']) <= columns.endOffsetMs[first.row]!)
}

function isBefore(a: Cursor, b: Cursor): boolean {
  const [one, other] = [a.chunk.header, b.chunk.header]
  const distance = one.step - other.step || a.chunk.columns.endOffsetMs[a.row]! - b.chunk.columns.endOffsetMs[b.row]!
  return (distance || compareSources(one, other)) < 0
}

function compareStarts({ header: a }: FoundFile<ChunkHeader>, { header: b }: FoundFile<ChunkHeader>): number {
  return a.step - b.step || a['first-ns'] - b['first-ns'] || compareSources(a, b)
}

function compareSources(a: ChunkHeader, b: ChunkHeader): number {
  return compareTexts(a.node, b.node) || compareTexts(a.epoch, b.epoch) || a.seq - b.seq
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function rowOf({ chunk: { header, columns }, row }: Cursor): SampleRow {
  const error = columns.error[row]!
  return {
    node: header.node,
    step: header.step,
    task: header.tasks[columns.task[row]!] ?? `task ${columns.task[row]}`,
    sampleType: columns.normal[row] === 1 ? 'normal' : 'warmup',
    client: columns.client[row]!,
    startedAtMs: header['started-at-ms'],
    endOffsetMs: columns.endOffsetMs[row]!,
    latencyMs: columns.latencyMs[row]!,
    serviceMs: columns.serviceMs[row]!,
    processingMs: columns.processingMs[row]!,
    sendDelayMs: columns.sendDelayMs[row]!,
    weight: columns.weight[row]!,
    unit: header.units[columns.unit[row]!] ?? '',
    error: error === 0 ? null : (header.errors[error - 1] ?? 'unknown')
  }
}
