// Ctrl-C and its relatives: the first asks the command to stop, the second ends the program.

import { RallyError } from '../core/errors.ts'
import type { Output } from './output.ts'

const SIGNALS = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const

export interface CaughtSignals {
  readonly signal: AbortSignal
  release(): void
}

/** @param stopsItself the command ends in good order by itself once it was asked to; any other ends at once */
export function catchSignals(output: Output, stopsItself: boolean): CaughtSignals {
  const controller = new AbortController()
  const cancelled = new RallyError('cancelled', 'cancelled by the user')
  const onSignal = (): void => {
    if (!stopsItself || controller.signal.aborted) {
      output.live?.clear()
      process.exit(cancelled.exitCode)
    }
    output.info('Stopping: open requests get a few seconds. Ctrl-C again ends at once.')
    controller.abort(cancelled)
  }
  for (const name of SIGNALS) process.on(name, onSignal)
  return {
    signal: controller.signal,
    release: () => SIGNALS.forEach((name) => process.off(name, onSignal))
  }
}
