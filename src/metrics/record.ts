// One metrics record: a value or a document with the header that every record of a race carries.

import type { JsonObject, JsonValue } from '../core/json.ts'
import type { PythonNumber } from '../core/python-number.ts'
import type { SampleType } from './measurement.ts'

/** What a figure of the report is computed from; the fields that a record has depend on its name. */
export interface MetricsRecord {
  readonly name: string
  readonly value?: PythonNumber
  readonly unit?: string | null
  readonly task?: string
  readonly operation?: string
  readonly 'operation-type'?: string
  readonly 'sample-type'?: SampleType
  readonly 'relative-time'?: PythonNumber
  /** Values of the primary shards. */
  readonly 'per-shard'?: readonly PythonNumber[]
  readonly meta?: JsonObject
  readonly [key: string]: JsonValue | undefined
}
