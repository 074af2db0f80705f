// The only reader of the machine's clocks. Durations come from the monotonic clock; the wall clock only stamps.

export interface Clock {
  /** Milliseconds since an arbitrary moment of this process's machine; never goes back. */
  monotonicMs(): number
  /** Milliseconds since the epoch: for stamps only, never for durations. */
  wallMs(): number
}

// performance.now() counts from the start of a thread; timeOrigin brings all threads of a process onto one line.
// Both are read once, so a later step of the wall clock does not move it.
const origin = performance.timeOrigin

export const systemClock: Clock = {
  monotonicMs: () => origin + performance.now(),
  wallMs: () => Date.now()
}
