// One measured request. Each client has one such object and fills it anew: nothing is allocated per request.

export interface Sample {
  /** Times are milliseconds; offsets count from the step's start. */
  endOffsetMs: number
  latencyMs: number
  serviceMs: number
  processingMs: number
  /** NaN: it was not due at a time, or its client was busy then. */
  sendDelayMs: number
  /** Work done, in `unit`. */
  weight: number
  unit: string
  /** Of the answers' bodies. */
  bytes: number
  isNormal: boolean
  /** null: it succeeded. */
  errorClass: string | null
  /** Failures of this client in a row, this one included. */
  errorRun: number
  client: number
  /** Index in the step's list of tasks. */
  task: number
}

export function emptySample(client: number, task: number): Sample {
  return {
    // Fractions, so that the engine keeps these fields as doubles from the start.
    endOffsetMs: 0.5,
    latencyMs: 0.5,
    serviceMs: 0.5,
    processingMs: 0.5,
    sendDelayMs: Number.NaN,
    weight: 0.5,
    unit: 'ops',
    bytes: 0,
    isNormal: false,
    errorClass: null,
    errorRun: 0,
    client,
    task
  }
}
