// The target's own statistics around the load: asked before the first request and after the last one, never beside them.

import { systemClock } from '../core/clock.ts'
import type { MetricsRecord } from '../metrics/record.ts'
import { telemetryRecords, uncleanStateWarnings } from '../metrics/telemetry-record.ts'
import { createTargetClient } from '../target/target-client.ts'
import type { TargetOptions } from '../target/target-options.ts'
import { askTelemetry, type Patience, type TelemetryAnswers } from './telemetry.ts'

const DEADLINE_MS = 10_000
/** Of a race that the user has cancelled: they wait for its end. */
const CANCELLED_DEADLINE_MS = 2000

export class TelemetryBracket {
  readonly #target: TargetOptions
  readonly #signal: AbortSignal
  readonly #warn: (line: string) => void
  #before: TelemetryAnswers | null = null

  /** @param signal the user's cancel */
  constructor(target: TargetOptions, signal: AbortSignal, warn: (line: string) => void) {
    this.#target = target
    this.#signal = signal
    this.#warn = warn
  }

  async before(): Promise<void> {
    this.#before = await this.#ask({ deadlineMs: DEADLINE_MS, signal: this.#signal })
    for (const line of uncleanStateWarnings(this.#before.indexStats)) this.#warn(line)
  }

  /** None if the load never began. */
  async after(): Promise<readonly MetricsRecord[]> {
    const before = this.#before
    if (before === null) return []
    const isCancelled = this.#signal.aborted
    const patience = isCancelled ? { deadlineMs: CANCELLED_DEADLINE_MS, signal: null } : { deadlineMs: DEADLINE_MS, signal: this.#signal }
    const after = await this.#ask(patience)
    for (const line of after.missing) this.#warn(line)
    return telemetryRecords(before, after)
  }

  async #ask(patience: Patience): Promise<TelemetryAnswers> {
    const client = createTargetClient(this.#target, systemClock)
    try {
      return await askTelemetry(client, patience)
    } finally {
      await client.close()
    }
  }
}
