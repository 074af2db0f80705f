// The only reader of the machine's clocks. Durations come from the monotonic clock; the wall clock only stamps.

export interface Clock {
  /** Milliseconds of this machine's monotonic clock, the same line in all threads and processes; never goes back. */
  monotonicMs(): number
  /** Milliseconds since the epoch: for stamps only, never for durations. */
  wallMs(): number
}

// performance.now() is the cheapest reading, but counts from the start of its thread: one comparison with hrtime, whose
// origin is the machine's, brings all threads onto one line. The smallest of a few distances is the least disturbed.
const offsetMs = Math.min(...Array.from({ length: 8 }, distanceMs))

function distanceMs(): number {
  const before = performance.now()
  return Number(process.hrtime.bigint()) / 1e6 - before
}

export const systemClock: Clock = {
  monotonicMs: () => offsetMs + performance.now(),
  wallMs: () => Date.now()
}
