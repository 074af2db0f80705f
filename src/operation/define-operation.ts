// What most operation types have in common: parameters made once, retries, assertions, failures as results.

import { RallyError } from '../core/errors.ts'
import type { JsonObject, JsonValue } from '../core/json.ts'
import { isErrorStatus, type TargetAnswer, type TargetClient, type TargetRequest } from '../target/request.ts'
import { assertionsOf, checkAssertions, type Assertion } from './assertions.ts'
import { elasticParams } from './elastic-params.ts'
import { ApiError, failedResult } from './failure.ts'
import { fixedSource } from './fixed-source.ts'
import type { OperationResult, OperationType, RunContext } from './operation.ts'
import { retried, retryPolicy, type RetryPolicy } from './retry.ts'

export interface Definition<Encoded> {
  readonly name: string
  readonly isAdmin: boolean
  /** Whether Elastic Rally wraps it in its retries. */
  readonly isRetried: boolean
  /** Its weight is the pages that came, so that it cannot be told before the answers. */
  readonly weighsPages?: boolean
  /** Once per client; throws RallyError('track') for what the track got wrong. */
  encode(params: JsonObject, operation: string): Encoded
  /** May throw ApiError and TransportError: they become the failed result. */
  execute(client: TargetClient, encoded: Encoded, context: RunContext): Promise<OperationResult>
}

interface Prepared<Encoded> {
  readonly encoded: Encoded
  readonly policy: RetryPolicy | null
  readonly assertions: readonly Assertion[]
  readonly operation: string
}

export function defineOperation<Encoded>(definition: Definition<Encoded>): OperationType {
  return {
    name: definition.name,
    isAdmin: definition.isAdmin,
    createSource: ({ operation, track }) => {
      const prepared: Prepared<Encoded> = {
        encoded: definition.encode(elasticParams(operation, track), operation.name),
        // Elastic Rally's sources drop the retries of some types; what a track asks for is done.
        policy: definition.isRetried ? retryPolicy(operation.params) : null,
        assertions: assertionsOf(operation.params, operation.name),
        operation: operation.name
      }
      return fixedSource(prepared, definition.weighsPages === true ? null : 1)
    },
    run: async (client, params, context) => {
      const { encoded, policy, assertions, operation } = params as Prepared<Encoded>
      const attempt = (): Promise<OperationResult> => definition.execute(client, encoded, context)
      const result = policy === null ? await attempt().catch(failedResult) : await retried(policy, context, attempt)
      checkAssertions(assertions, operation, result, context)
      return result
    }
  }
}

/** Sends; throws ApiError for an error status that is not to be ignored. */
export async function sendOk(client: TargetClient, request: TargetRequest, ignore: readonly number[] = []): Promise<TargetAnswer> {
  const answer = await client.send(request)
  if (isErrorStatus(answer.status) && !ignore.includes(answer.status)) throw new ApiError(answer)
  return answer
}

/** Success of one piece of work, or of `weight`. */
export function done(bytes: number, weight = 1, meta?: JsonObject): OperationResult {
  const result = { weight, unit: 'ops', success: true, failure: null, bytes }
  return meta === undefined ? result : { ...result, meta }
}

/** The value of a key that an operation cannot do without; throws RallyError('track'). */
export function mandatory(params: JsonObject, key: string, operation: string): JsonValue {
  const value = params[key]
  if (value === undefined) {
    throw new RallyError('track', `the mandatory parameter '${key}' of operation '${operation}' is missing`)
  }
  return value
}
