// Samples as text, a line each: for other programs. Times are milliseconds; what there is none of is null, or an empty cell.

import type { SampleRow } from './merge-chunks.ts'

export type ExportFormat = 'ndjson' | 'csv'

export interface ExportOptions {
  readonly format: ExportFormat
  /** Start of each step by the coordinator's clock, where it is known: stamps count from there. */
  readonly stepStartsAtMs?: readonly (number | null)[]
}

const FIELDS = ['timestamp', 'node', 'step', 'task', 'sample-type', 'client', 'end-offset', 'latency', 'service-time', 'processing-time', 'send-delay', 'weight', 'unit', 'error'] as const

type Value = string | number | null

/** Merged rows → pieces of text; reads no further than it is asked for. */
export async function* exportSamples(batches: AsyncIterable<readonly SampleRow[]>, options: ExportOptions): AsyncGenerator<string, void, void> {
  const line = options.format === 'csv' ? csvLine : jsonLine
  if (options.format === 'csv') yield csvLine([...FIELDS])
  for await (const rows of batches) yield rows.map((row) => line(valuesOf(row, options.stepStartsAtMs))).join('')
}

function valuesOf(row: SampleRow, starts: ExportOptions['stepStartsAtMs']): Value[] {
  const startedAtMs = starts?.[row.step] ?? row.startedAtMs
  const times = [row.endOffsetMs, row.latencyMs, row.serviceMs, row.processingMs, row.sendDelayMs].map((ms) => (Number.isFinite(ms) ? ms : null))
  return [stamp(startedAtMs + row.endOffsetMs), row.node, row.step, row.task, row.sampleType, row.client, ...times, row.weight, row.unit, row.error]
}

function stamp(ms: number): string {
  // Beyond what a date can hold there is no time of day.
  return Math.abs(ms) <= 8.64e15 ? new Date(Math.round(ms)).toISOString() : ''
}

function jsonLine(values: readonly Value[]): string {
  return `${JSON.stringify(Object.fromEntries(FIELDS.map((field, index) => [field, values[index]])))}\n`
}

/** As RFC 4180 has it, with the line ends of this system's tools. */
function csvLine(values: readonly Value[]): string {
  return `${values.map((value) => (typeof value === 'string' && /[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : (value ?? ''))).join(',')}\n`
}
