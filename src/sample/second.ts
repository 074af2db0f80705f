// The figures of one second of one task: what travels to the coordinator once a second.

import type { SparseHistogram } from './histogram.ts'

/** Second k = [k, k+1) after the step's start on its node. `sent` is placed by send time, all else by finish time. */
export interface Second {
  readonly k: number
  readonly sent: number
  readonly ok: number
  /** By error class; `timeout` is one of them here. */
  readonly failed: Readonly<Record<string, number>>
  readonly cancelled: number
  readonly work: number
  /** Milliseconds; failed requests are in them too. */
  readonly latency: SparseHistogram
  readonly service: SparseHistogram
  readonly processing: SparseHistogram
  /** Only of requests that were due while their client was free. */
  readonly sendDelay: SparseHistogram
  /** Service time of successful requests: count, sum, least, largest and sum of squared distances from the mean. */
  readonly okService: Moments
  readonly maxService: number
  /** Longest run of failures of one client that was still going on, or ended, in this second. */
  readonly errorRun: number
}

export interface Moments {
  readonly n: number
  readonly sum: number
  readonly min: number
  readonly max: number
  readonly m2: number
}
