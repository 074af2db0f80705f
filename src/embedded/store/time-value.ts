// Elasticsearch's time values: `30s`, `1m`, `500ms`, `-1`.

import { illegalArgument } from '../api-error.ts'

const UNIT_MS: Readonly<Record<string, number>> = { nanos: 1e-6, micros: 1e-3, ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds; -1 for `-1`; throws ApiError naming `setting`. */
export function parseTimeMs(text: string, setting: string): number {
  if (text === '-1' || text === '0') return Number(text)
  const match = /^(\d+(?:\.\d+)?)(nanos|micros|ms|s|m|h|d)$/i.exec(text.trim())
  if (match === null) {
    throw illegalArgument(`failed to parse setting [${setting}] with value [${text}] as a time value: unit is missing or unrecognized`)
  }
  return Number(match[1]) * UNIT_MS[match[2]!.toLowerCase()]!
}
