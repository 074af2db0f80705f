// The records of one race in memory, in Elastic Rally's form: what its metrics store would hold.

import type { JsonObject } from '../core/json.ts'
import { divideHalfEven, pythonFloat, type PythonNumber } from '../core/python-number.ts'
import { secondsToMs } from '../core/units.ts'
import type { SampleType } from './measurement.ts'
import type { MetricsRecord } from './record.ts'

/** What every record of a race carries. */
export interface RecordHeader {
  readonly raceId: string
  /** `20240102T030405Z`. */
  readonly raceTimestamp: string
  readonly environment: string
  readonly track: string
  readonly challenge: string
  /** Names, joined by `+`. */
  readonly car: string
  readonly trackParams: JsonObject
  /** User tags (`tag_<name>`) and what is known of the cluster. */
  readonly clusterMeta: JsonObject
}

/** Where a record belongs: the cluster, or one of its nodes by name. */
export interface RecordPlace {
  readonly node?: string
  readonly meta?: JsonObject
  /** Seconds since the epoch; default: now. */
  readonly absoluteTime?: number
  /** Seconds since the start of the task; default: since the store's start. */
  readonly relativeTime?: number
}

export interface ValueRecord extends RecordPlace {
  readonly name: string
  readonly value: PythonNumber
  readonly unit?: string | null
  readonly task?: string
  readonly operation?: string
  readonly operationType?: string
  /** Default: normal. */
  readonly sampleType?: SampleType
}

export interface RecordFilter {
  readonly task?: string
  readonly operationType?: string
  readonly sampleType?: SampleType
}

/** Seconds: since the epoch, and since the store's start. */
export interface RecordClock {
  nowSeconds(): number
  elapsedSeconds(): number
}

export class RecordStore {
  readonly #header: RecordHeader
  readonly #clock: RecordClock
  readonly #nodeMeta = new Map<string, JsonObject>()
  readonly #records: MetricsRecord[] = []

  constructor(header: RecordHeader, clock: RecordClock) {
    this.#header = header
    this.#clock = clock
  }

  get records(): readonly MetricsRecord[] {
    return this.#records
  }

  addNodeMeta(node: string, meta: JsonObject): void {
    this.#nodeMeta.set(node, { ...this.#nodeMeta.get(node), ...meta })
  }

  putValue(record: ValueRecord): void {
    this.#records.push({
      ...this.#head(record),
      name: record.name,
      value: record.value,
      unit: record.unit ?? null,
      'sample-type': record.sampleType ?? 'normal',
      meta: { ...this.#metaOf(record), ...record.meta },
      ...(record.task === undefined ? {} : { task: record.task }),
      ...(record.operation === undefined ? {} : { operation: record.operation }),
      ...(record.operationType === undefined ? {} : { 'operation-type': record.operationType }),
      ...this.#params()
    })
  }

  /** A structured document with its own `name`; its `meta` is that of the place, and nothing where the place has none. */
  putDocument(document: MetricsRecord, place: RecordPlace = {}): void {
    const meta = this.#metaOf(place)
    const hasMeta = Object.keys(meta).length > 0
    this.#records.push({
      ...document,
      ...this.#head(place),
      ...(hasMeta ? { meta: { ...meta, ...place.meta } } : {}),
      ...this.#params()
    })
  }

  /** Records of a name in the order they came. */
  select(name: string, filter: RecordFilter = {}): readonly MetricsRecord[] {
    return this.#records.filter(
      (record) =>
        record.name === name &&
        (filter.task === undefined || record.task === filter.task) &&
        (filter.operationType === undefined || record['operation-type'] === filter.operationType) &&
        (filter.sampleType === undefined || record['sample-type'] === filter.sampleType)
    )
  }

  #head(place: RecordPlace): JsonObject {
    return {
      '@timestamp': epochMs(place.absoluteTime ?? this.#clock.nowSeconds()),
      'relative-time': pythonFloat(secondsToMs(place.relativeTime ?? this.#clock.elapsedSeconds())),
      'race-id': this.#header.raceId,
      'race-timestamp': this.#header.raceTimestamp,
      environment: this.#header.environment,
      track: this.#header.track,
      challenge: this.#header.challenge,
      car: this.#header.car
    }
  }

  #metaOf(place: RecordPlace): JsonObject {
    return place.node === undefined ? this.#header.clusterMeta : { ...this.#header.clusterMeta, ...this.#nodeMeta.get(place.node) }
  }

  #params(): JsonObject {
    const params = this.#header.trackParams
    return Object.keys(params).length === 0 ? {} : { 'track-params': params }
  }
}

/** Whole milliseconds since the epoch, half to even. */
export function epochMs(seconds: number): number {
  const ms = seconds * 1000
  const doubled = ms * 2
  if (!Number.isInteger(doubled) || Number.isInteger(ms)) return Math.round(ms)
  const half = divideHalfEven(BigInt(Math.abs(doubled)), 2n)
  return ms < 0 ? -Number(half) : Number(half)
}
