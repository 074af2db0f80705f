// Whether a failed request ends the race (`--on-error`).

import { messageOf, RallyError } from '../core/errors.ts'
import type { OperationResult, Failure } from '../operation/operation.ts'
import type { Task } from '../track/track.ts'

/** No connection at all: under `continue` the one failure that still ends a race, as in Elastic Rally. */
const CONNECTION_ERRORS: ReadonlySet<string> = new Set(['refused', 'reset', 'dns'])

/** Throws RallyError('request') if this failure ends the race. */
export function judgeFailure(onError: 'continue' | 'continue-on-network' | 'abort', task: Task, failure: Failure): void {
  if (failure.errorClass === 'cancelled') return
  const isFatal = onError === 'abort' ? task.params['ignore-response-error-level'] !== 'non-fatal' : false
  const isConnection = onError !== 'continue-on-network' && CONNECTION_ERRORS.has(failure.errorClass)
  if (!isFatal && !isConnection) return
  const status = failure.httpStatus === null ? '' : `, HTTP Status: ${failure.httpStatus}`
  const body = failure.body === null || failure.body === '' ? '' : `, answer: ${failure.body.slice(0, 500)}`
  throw new RallyError(
    'request',
    `task "${task.name}": request returned an error. Error type: ${failure.errorType}, Description: ${failure.description}${status}${body}`,
    {
      hint: isFatal
        ? 'mend the request, or run with --on-error=continue'
        : 'check that the target is up and reachable; --on-error=continue-on-network goes on without it'
    }
  )
}

/** How a request counts that threw what ends the race: an assertion that does not hold, or a bug. */
export function thrownResult(error: unknown): OperationResult {
  const errorClass = error instanceof RallyError && error.kind === 'request' ? 'assertion' : 'error'
  const failure: Failure = { errorClass, errorType: errorClass, httpStatus: null, description: messageOf(error), body: null }
  return { weight: 0, unit: 'ops', success: false, failure, bytes: 0 }
}
