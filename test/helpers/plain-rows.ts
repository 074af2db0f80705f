// Samples as plain rows, in whole nanoseconds: what tests compare.

import type { Columns } from '../../src/sample/columns.ts'
import { msOfNs, wholeNs } from '../../src/results/planes.ts'

export interface PlainRow {
  readonly finishNs: number
  readonly latencyNs: number
  readonly serviceNs: number
  readonly processingNs: number
  readonly sendDelayNs: number
  readonly weight: number
  readonly client: number
  readonly task: number
  readonly error: number
  readonly unit: number
  readonly normal: number
}

export function columnsOf(rows: readonly PlainRow[]): Columns {
  const times = (pick: (row: PlainRow) => number): Float64Array => Float64Array.from(rows, (row) => msOfNs(pick(row)))
  return {
    endOffsetMs: times((row) => row.finishNs),
    latencyMs: times((row) => row.latencyNs),
    serviceMs: times((row) => row.serviceNs),
    processingMs: times((row) => row.processingNs),
    sendDelayMs: times((row) => row.sendDelayNs),
    weight: Float64Array.from(rows, (row) => row.weight),
    client: Uint32Array.from(rows, (row) => row.client),
    task: Uint16Array.from(rows, (row) => row.task),
    error: Uint8Array.from(rows, (row) => row.error),
    unit: Uint8Array.from(rows, (row) => row.unit),
    normal: Uint8Array.from(rows, (row) => row.normal)
  }
}

export function rowsOf(columns: Columns, rows: number): PlainRow[] {
  return Array.from({ length: rows }, (_, row) => ({
    finishNs: wholeNs(columns.endOffsetMs[row]!),
    latencyNs: wholeNs(columns.latencyMs[row]!),
    serviceNs: wholeNs(columns.serviceMs[row]!),
    processingNs: wholeNs(columns.processingMs[row]!),
    sendDelayNs: wholeNs(columns.sendDelayMs[row]!),
    weight: columns.weight[row]!,
    client: columns.client[row]!,
    task: columns.task[row]!,
    error: columns.error[row]!,
    unit: columns.unit[row]!,
    normal: columns.normal[row]!
  }))
}
