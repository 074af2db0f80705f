// Why a worker thread is gone, for people.

import { messageOf, RallyError, systemCode } from '../core/errors.ts'

/** Once a step has begun, figures without this worker's are not the ones that were asked for: the race is invalid. */
export function deathOf(worker: number, error: unknown, isRunning: boolean): RallyError {
  const kind = isRunning ? 'invalid' : 'node'
  if (error instanceof RallyError) return new RallyError(kind, error.message, { hint: error.hint })
  if (systemCode(error) === 'ERR_WORKER_OUT_OF_MEMORY') {
    return new RallyError(kind, `worker ${worker} ran out of memory`, {
      hint: 'answers that are kept whole, or very many clients, need memory: use smaller pages, fewer clients, or more workers (available.cores)'
    })
  }
  return new RallyError(kind, `worker ${worker} died: ${messageOf(error)}`, { hint: 'look into the log file', cause: error })
}
