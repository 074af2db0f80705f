// What was measured of one task, merged over all workers and nodes: the seam between the load engine and the figures.

/** How often each value came: exact (sorted samples) or within 0.1 % (histogram). */
export interface Distribution {
  readonly count: number
  readonly min: number
  readonly max: number
  readonly mean: number
  /** Value at `percentile` (0…100), in the distribution's unit. NaN without samples. */
  percentile(percentile: number): number
}

export type SampleType = 'warmup' | 'normal'

/** Milliseconds all. Failed requests are in them too. */
export interface TimeDistributions {
  readonly latency: Distribution
  readonly serviceTime: Distribution
  readonly processingTime: Distribution
  readonly sendDelay: Distribution
}

/** started = ok + failed + timedOut + cancelled + unknown. */
export interface Account {
  readonly started: number
  readonly ok: number
  /** By error class, without `timeout` and `cancelled`. */
  readonly failed: Readonly<Record<string, number>>
  readonly timedOut: number
  readonly cancelled: number
  readonly unknown: number
  /** What the transport sent once more, within these requests. */
  readonly retries: number
}

export interface ErrorSample {
  readonly errorClass: string
  readonly httpStatus: number | null
  readonly description: string
  readonly body: string | null
}

/** Second k = [k, k+1) after the step's start, over all clients; placed by finish time (`sent` by send time). */
export interface SecondFigures {
  readonly second: number
  readonly sent: number
  readonly ok: number
  readonly failed: number
  readonly work: number
}

export interface TaskMeasurement {
  readonly task: string
  readonly operation: string
  readonly operationType: string
  readonly clients: number
  readonly isAdmin: boolean
  readonly isThrottled: boolean
  /** Requests or units per second over all clients; null: unthrottled. */
  readonly targetThroughput: { readonly value: number; readonly unit: string } | null
  /** Of the work: `docs`, `ops`, `pages`. */
  readonly unit: string
  readonly warmup: TimeDistributions
  readonly normal: TimeDistributions
  readonly account: Readonly<Record<SampleType, Account>>
  readonly errors: readonly ErrorSample[]
  /** Ascending; seconds without anything may be missing. */
  readonly seconds: readonly SecondFigures[]
  /** First and one past the last full second of the measured phase; null: none. */
  readonly measuredSeconds: { readonly from: number; readonly to: number } | null
  /** Start of the task to its last answer, seconds, all phases / measured phase. */
  readonly elapsedSeconds: number
  readonly measuredElapsedSeconds: number
  /** Work finished in the measured phase (normal samples). */
  readonly normalWork: number
  /** Elastic Rally's cumulative mean, one value per second (reference/01 §9.4), normal ones only. */
  readonly cumulativeThroughput: readonly number[]
  /** Start of the task to the sending of its last request, warm-up included (Elastic Rally's `duration`); null: none was sent. */
  readonly durationMs: number | null
  /** Nodes that were lost before it was over: their part, or some of it, is missing. */
  readonly missingNodes: readonly string[]
}

/** A figure of the load generator itself that went over its limit, or its worst value when it did not. */
export interface HealthFinding {
  /** `event-loop delay p99`, `worker CPU`, `send delay p99`, `dropped samples` … */
  readonly figure: string
  readonly unit: string
  /** null: no number, something was lost. */
  readonly worst: number | null
  /** null: it is only told, to explain others. */
  readonly limit: number | null
  readonly breached: boolean
  /** Only warns: an unthrottled task may use a whole core. */
  readonly warnsOnly: boolean
  /** Where the breach, or the worst value, was seen: `node a, worker 1`, `task term`. */
  readonly where: string
  /** And when; null: it is a figure of the whole race. */
  readonly when: HealthMoment | null
  /** How long it was over its limit without a break. */
  readonly seconds: number
  /** What to do; empty: nothing. */
  readonly advice: string
}

export interface HealthMoment {
  /** From 1. */
  readonly step: number
  readonly tasks: readonly string[]
  /** Seconds after the step's start, both inclusive. */
  readonly fromSecond: number
  readonly toSecond: number
}

export interface HealthReport {
  readonly verdict: 'ok' | 'warning' | 'invalid'
  readonly findings: readonly HealthFinding[]
}
