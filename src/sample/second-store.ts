// Seconds that are kept for a while. As arrays of numbers their histograms would be most of what a running race holds on the heap,
// and each would have become old by the time it is let go, for a full collection to find; here they lie in memory that is used again.

import type { SparseHistogram } from './histogram.ts'
import { NO_TIMES } from './merge.ts'
import type { Second } from './second.ts'
import type { TaskHistograms } from './task-recorder.ts'

const TIMES = ['latency', 'service', 'processing', 'sendDelay'] as const satisfies readonly (keyof TaskHistograms)[]

/** Rooms are powers of two, in words of 4 bytes, and no smaller than this, so that one second fits where another was. */
const LEAST_WORDS = 32

export interface KeptSecond {
  /** All but the buckets of its histograms. */
  readonly rest: Second
  /** Buckets of all histograms, one after the other. */
  readonly words: Uint32Array
  /** Where those of each end. */
  readonly ends: readonly number[]
}

export class SecondStore {
  /** Rooms that nobody is in, by their words. */
  readonly #free = new Map<number, Uint32Array[]>()

  keep(second: Second): KeptSecond {
    const ends: number[] = []
    let end = 0
    for (const time of TIMES) ends.push((end += second[time].buckets.length))
    const words = this.#room(end)
    for (const [i, time] of TIMES.entries()) words.set(second[time].buckets, ends[i - 1] ?? 0)
    return { rest: { ...second, ...withBuckets(second, () => NO_TIMES.latency.buckets) }, words, ends }
  }

  /** What was kept may not be looked at any more. */
  letGo({ words }: KeptSecond): void {
    if (words === NO_WORDS) return
    const free = this.#free.get(words.length)
    if (free === undefined) this.#free.set(words.length, [words])
    else free.push(words)
  }

  #room(words: number): Uint32Array {
    if (words === 0) return NO_WORDS
    const size = Math.max(LEAST_WORDS, 2 ** Math.ceil(Math.log2(words)))
    return this.#free.get(size)?.pop() ?? new Uint32Array(size)
  }
}

const NO_WORDS = new Uint32Array(0)

export function secondOf({ rest, words, ends }: KeptSecond): Second {
  return { ...rest, ...withBuckets(rest, (i) => numbersOf(words, ends[i - 1] ?? 0, ends[i]!)) }
}

/** As `Array.from(words.subarray(from, to))`, which makes an object of each number on its way. */
function numbersOf(words: Uint32Array, from: number, to: number): number[] {
  return Array.from({ length: to - from }, (_, at) => words[from + at]!)
}

function withBuckets(times: TaskHistograms, buckets: (time: number) => readonly number[]): TaskHistograms {
  const of = (time: number, histogram: SparseHistogram): SparseHistogram => ({ ...histogram, buckets: buckets(time) })
  return {
    latency: of(0, times.latency),
    service: of(1, times.service),
    processing: of(2, times.processing),
    sendDelay: of(3, times.sendDelay)
  }
}
