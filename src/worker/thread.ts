// What all clients of one worker thread share.

import type { Clock } from '../core/clock.ts'
import type { Lease } from '../protocol/lease.ts'
import type { RunContext } from '../operation/operation.ts'
import type { WorkerStart } from '../protocol/worker-messages.ts'
import type { ColumnWriter } from '../sample/columns.ts'
import type { Pacer, StopSignal } from './pacer.ts'
import type { ThreadHealth } from './thread-health.ts'

export interface Thread {
  readonly clock: Clock
  readonly pacer: Pacer
  /** Asked before every send. */
  readonly lease: Lease
  readonly columns: ColumnWriter
  readonly health: ThreadHealth
  readonly onError: 'continue' | 'continue-on-network' | 'abort'
  /** Tells the coordinator, once for each text. */
  readonly warn: (message: string) => void
  readonly runContext: (stop: StopSignal) => RunContext
}

/** What operations may use besides their target: the clock, waits that end with the task, and what the target is. */
export function runContextOf(clock: Clock, pacer: Pacer, start: Pick<WorkerStart, 'facts' | 'enableAssertions'>): (stop: StopSignal) => RunContext {
  return (stop) => ({
    clock,
    target: start.facts,
    checksAssertions: start.enableAssertions,
    stopping: () => stop.stopped,
    sleep: async (ms) => {
      await pacer.until(clock.monotonicMs() + ms, stop)
    }
  })
}
