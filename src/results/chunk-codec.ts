// A chunk's columns ↔ bytes. Rows are brought into the order of their finish; times are kept as what distinguishes them:
//
// | column      | kept as                                                              |
// |-------------|----------------------------------------------------------------------|
// | finish      | ns since the row before (the first: since the header's `first-ns`)    |
// | service     | ns                                                                   |
// | latency     | ns beyond service time: 0 if unthrottled, else how late it was sent   |
// | processing  | ns beyond service time: Rally's own work                              |
// | send delay  | ns beyond (latency − service): 0, or NaN for none                     |
// | weight      | double                                                               |
// | client, task, error, unit, normal | unsigned                                       |
//
// Little-endian byte planes (planes.ts), one column after another, then raw deflate; the header tells how many planes each has.

import { promisify } from 'node:util'
import { constants, deflateRaw, inflateRaw } from 'node:zlib'
import type { ColumnChunk, Columns } from '../sample/columns.ts'
import { finishOrder } from './finish-order.ts'
import { fromUnsigned, msOfNs, readDoubles, readPlanes, toUnsigned, wholeNs, widthOf, widthOfDoubles, writeDoubles, writePlanes } from './planes.ts'

export const CHUNK_CODEC = 'planes-deflate'

/** Level 1 with runs only finds the same as level 6 in planes, at a fifth of the price. */
const DEFLATE = { level: 1, strategy: constants.Z_RLE }
const COLUMNS = 11
const WEIGHT = 5
/** Of the widest row there can be: the bound of what is inflated. */
const MAX_ROW_BYTES = 8 * COLUMNS
/** Of a chunk; the widest ones hold 16,384. What a header says must not become memory unseen. */
const MAX_ROWS = 1 << 20

export interface EncodedColumns {
  /** Planes of each column, in the order of the table above. */
  readonly planes: readonly number[]
  /** Finish of the first and last row, ns after the step's start. */
  readonly firstNs: number
  readonly lastNs: number
  /** Not yet deflated. */
  readonly bytes: Uint8Array
}

/** Needs the columns only until it returns. */
export function encodeColumns({ rows, columns }: Pick<ColumnChunk, 'rows' | 'columns'>): EncodedColumns {
  const order = finishOrder(columns.endOffsetMs, rows)
  const finish = nsOf(columns.endOffsetMs, order)
  const firstNs = finiteOr0(finish[0] ?? 0)
  const lastNs = finiteOr0(finish[rows - 1] ?? 0)
  const service = nsOf(columns.serviceMs, order)
  const late = nsOf(columns.latencyMs, order)
  subtract(late, service)
  const processing = nsOf(columns.processingMs, order)
  subtract(processing, service)
  const sendDelay = nsOf(columns.sendDelayMs, order)
  subtract(sendDelay, late)
  toDeltas(finish, firstNs)
  const weight = gather(columns.weight, order)
  const labels = [columns.client, columns.task, columns.error, columns.unit, columns.normal].map((column) => gather(column, order))
  const all = [finish, service, late, processing, sendDelay, weight, ...labels]
  const planes = all.map((values, index) => (index < WEIGHT ? widthOf(toUnsigned(values)) : index === WEIGHT ? widthOfDoubles(values) : widthOf(largest(values))))
  const bytes = new Uint8Array(rows * planes.reduce((sum, width) => sum + width, 0))
  all.reduce((at, values, index) => (index === WEIGHT ? writeDoubles : writePlanes)(values, planes[index]!, bytes, at), 0)
  return { planes, firstNs, lastNs, bytes }
}

export async function deflateColumns(bytes: Uint8Array): Promise<Buffer> {
  return promisify(deflateRaw)(bytes, DEFLATE)
}

export interface PayloadFacts {
  readonly rows: number
  readonly planes: readonly number[]
  readonly firstNs: number
}

/** Throws an Error that says what does not fit. */
export async function decodeColumns(payload: Uint8Array, { rows, planes, firstNs }: PayloadFacts): Promise<Columns> {
  if (planes.length !== COLUMNS) throw new Error(`it has ${planes.length} columns instead of ${COLUMNS}`)
  if (rows > MAX_ROWS) throw new Error(`it has ${rows} rows, ${MAX_ROWS} are taken`)
  const bytes = await promisify(inflateRaw)(payload, { maxOutputLength: rows * MAX_ROW_BYTES + 1 })
  const expected = rows * planes.reduce((sum, width) => sum + width, 0)
  if (bytes.length !== expected) throw new Error(`its columns hold ${bytes.length} bytes instead of ${expected}`)
  let at = 0
  const all = planes.map((width, index) => {
    const values = new Float64Array(rows)
    ;(index === WEIGHT ? readDoubles : readPlanes)(bytes.subarray(at, (at += width * rows)), width, values)
    if (index < WEIGHT) fromUnsigned(values)
    return values
  })
  const [finish, service, late, processing, sendDelay, weight, client, task, error, unit, normal] = all as [Times, Times, Times, Times, Times, ...Times[]]
  fromDeltas(finish, firstNs)
  add(sendDelay, late)
  add(processing, service)
  add(late, service)
  return {
    endOffsetMs: toMs(finish),
    latencyMs: toMs(late),
    serviceMs: toMs(service),
    processingMs: toMs(processing),
    sendDelayMs: toMs(sendDelay),
    weight: weight!,
    client: Uint32Array.from(client!),
    task: Uint16Array.from(task!),
    error: Uint8Array.from(error!),
    unit: Uint8Array.from(unit!),
    normal: Uint8Array.from(normal!)
  }
}

type Times = Float64Array

function gather(column: Float64Array | Uint32Array | Uint16Array | Uint8Array, order: Uint32Array): Float64Array {
  const gathered = new Float64Array(order.length)
  for (let row = 0; row < order.length; row++) gathered[row] = column[order[row]!]!
  return gathered
}

function nsOf(column: Float64Array, order: Uint32Array): Times {
  const ns = new Float64Array(order.length)
  for (let row = 0; row < order.length; row++) ns[row] = wholeNs(column[order[row]!]!)
  return ns
}

function toMs(ns: Times): Times {
  for (let row = 0; row < ns.length; row++) ns[row] = msOfNs(ns[row]!)
  return ns
}

/** value − base where the base is a number; what is none stays itself. */
function subtract(values: Times, base: Times): void {
  for (let row = 0; row < values.length; row++) values[row] = values[row]! - finiteOr0(base[row]!)
}

function add(values: Times, base: Times): void {
  for (let row = 0; row < values.length; row++) values[row] = values[row]! + finiteOr0(base[row]!)
}

function toDeltas(values: Times, first: number): void {
  let before = first
  for (let row = 0; row < values.length; row++) {
    const value = values[row]!
    values[row] = value - before
    before = Number.isFinite(value) ? value : before
  }
}

function fromDeltas(values: Times, first: number): void {
  let before = first
  for (let row = 0; row < values.length; row++) {
    const value = before + values[row]!
    values[row] = value
    before = Number.isFinite(value) ? value : before
  }
}

function finiteOr0(value: number): number {
  return Number.isFinite(value) ? value : 0
}

function largest(values: Float64Array): number {
  let most = 0
  for (let row = 0; row < values.length; row++) if (values[row]! > most) most = values[row]!
  return most
}
