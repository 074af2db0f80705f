// Elastic Rally's retries of administrative operations: the whole request again, waits included in its service time.

import { numberOf, type JsonObject } from '../core/json.ts'
import { TransportError } from '../target/request.ts'
import { ApiError, failedResult } from './failure.ts'
import type { OperationResult, RunContext } from './operation.ts'
import { truthy } from './python-values.ts'

export interface RetryPolicy {
  /** Attempts in all; may be infinite. */
  readonly attempts: number
  readonly waitMs: number
  /** Again after an answer that did not bring success (`cluster-health`, `index-stats` …). */
  readonly onError: boolean
  /** Again without an answer, or after HTTP 408. */
  readonly onTimeout: boolean
}

/** From `retries`, `retry-until-success`, `retry-wait-period` (s), `retry-on-timeout`, `retry-on-error`. */
export function retryPolicy(params: JsonObject): RetryPolicy {
  const untilSuccess = truthy(params['retry-until-success'])
  const retries = Math.max(0, Math.floor(numberOf(params['retries']) ?? Number(params['retries'] ?? 0)))
  return {
    attempts: untilSuccess ? Number.POSITIVE_INFINITY : (Number.isNaN(retries) ? 0 : retries) + 1,
    waitMs: (numberOf(params['retry-wait-period']) ?? 0.5) * 1000,
    onError: untilSuccess || truthy(params['retry-on-error']),
    onTimeout: params['retry-on-timeout'] === undefined || truthy(params['retry-on-timeout'])
  }
}

/** Runs `attempt` as often as the policy says; ends early, with the last outcome, once the race is stopping. */
export async function retried(policy: RetryPolicy, context: RunContext, attempt: () => Promise<OperationResult>): Promise<OperationResult> {
  for (let made = 1; ; made++) {
    const { result, isRetryable } = await outcomeOf(policy, attempt)
    if (!isRetryable || made >= policy.attempts || context.stopping()) return result
    await context.sleep(policy.waitMs)
    if (context.stopping()) return result
  }
}

interface Outcome {
  readonly result: OperationResult
  readonly isRetryable: boolean
}

async function outcomeOf(policy: RetryPolicy, attempt: () => Promise<OperationResult>): Promise<Outcome> {
  try {
    const result = await attempt()
    return { result, isRetryable: !result.success && policy.onError }
  } catch (error) {
    return { result: failedResult(error), isRetryable: policy.onTimeout && isTimeoutLike(error) }
  }
}

function isTimeoutLike(error: unknown): boolean {
  if (error instanceof ApiError) return error.answer.status === 408
  return error instanceof TransportError && error.failure !== 'cancelled'
}
