// How long one client repeats a task, and which of its requests count: by time, by iterations, or until its source ends.

import type { Task } from '../track/track.ts'

export type SampleType = 'warmup' | 'normal'

export interface LoopControl {
  readonly kind: 'time' | 'iterations'
  /** Only its source, its operation or a cancel ends it: the progress is the source's. */
  readonly isInfinite: boolean
  /**
   * When the client is done at the latest, in ms from the task's start; Infinity unless a time period says so. A client whose next
   * request would come after it waits until then, so that a period of 10 s lasts 10 s for all its clients.
   */
  readonly endsAtMs: number
  /** How long the warm-up lasts at least, in ms from the task's start; 0 unless a time period says so. */
  readonly warmupMs: number
  /**
   * Whether one more request may be sent, and how it counts; null: no. Once per request, before the wait for its due time.
   * @param elapsedMs now, from the task's start
   * @param dueMs due time of the request, from the task's start; NaN if unthrottled
   */
  begin(elapsedMs: number, dueMs: number): SampleType | null
  /** 0…1 after the requests begun so far; null if infinite. */
  progress(elapsedMs: number): number | null
}

export interface LoopSource {
  readonly infinite: boolean
  /** The operation itself says when it is done (polling ones). */
  readonly completes?: boolean
}

/** The loop of one client of a task, chosen as Elastic Rally chooses it: time before iterations, else once or to the source's end. */
export function loopControlFor(task: Task, source: LoopSource): LoopControl {
  if (task.warmupTimePeriod !== null || task.timePeriod !== null) {
    return timeLoop((task.warmupTimePeriod ?? 0) * 1000, task.timePeriod === null ? null : task.timePeriod * 1000)
  }
  const isCounted = task.warmupIterations !== null || task.iterations !== null
  if (!isCounted && (source.completes === true || !source.infinite)) return timeLoop(0, null)
  // 0 iterations mean none given.
  return iterationLoop(task.warmupIterations ?? 0, task.iterations || (source.infinite ? 1 : null))
}

// A request belongs to the moment it will leave: its due time, or now if that has passed. So one due after the end is never sent and
// one due after the warm-up counts, and a client that lags behind its schedule still ends, and leaves the warm-up, in time.
function timeLoop(warmupMs: number, periodMs: number | null): LoopControl {
  const endsAtMs = periodMs === null ? Infinity : warmupMs + periodMs
  return {
    kind: 'time',
    isInfinite: periodMs === null,
    endsAtMs,
    warmupMs,
    begin(elapsedMs, dueMs) {
      const leavesAtMs = dueMs > elapsedMs ? dueMs : elapsedMs
      if (leavesAtMs >= endsAtMs) return null
      return leavesAtMs < warmupMs ? 'warmup' : 'normal'
    },
    progress: (elapsedMs) => (periodMs === null ? null : Math.min(1, endsAtMs === 0 ? 1 : elapsedMs / endsAtMs))
  }
}

function iterationLoop(warmup: number, measured: number | null): LoopControl {
  const total = measured === null ? Infinity : warmup + measured
  let begun = 0
  return {
    kind: 'iterations',
    isInfinite: measured === null,
    endsAtMs: Infinity,
    warmupMs: 0,
    begin() {
      if (begun >= total) return null
      begun++
      return begun <= warmup ? 'warmup' : 'normal'
    },
    progress: () => (measured === null ? null : begun / total)
  }
}
