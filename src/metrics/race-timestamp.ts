// `20240102T030405Z`: how races write when they began.

/** The start of the second, in UTC. */
export function timestampText(epochMs: number): string {
  return new Date(epochMs)
    .toISOString()
    .replace(/\.\d+Z$/, 'Z')
    .replace(/[-:]/g, '')
}

const TIMESTAMP = /^(\d{4})(\d{2})(\d{2})T(\d{2})(\d{2})(\d{2})Z$/

/** Milliseconds since the epoch, or null: no such time. */
export function timestampMs(text: string): number | null {
  const match = TIMESTAMP.exec(text)
  if (match === null) return null
  const ms = Date.parse(text.replace(TIMESTAMP, '$1-$2-$3T$4:$5:$6Z'))
  // Date rolls 30 February over into March.
  return Number.isNaN(ms) || timestampText(ms) !== text ? null : ms
}

/** `2024-01-02 03:04:05`. */
export function timestampForPeople(text: string): string {
  return text.replace(TIMESTAMP, '$1-$2-$3 $4:$5:$6')
}
