// Operations whose request is one exchange.

import type { TargetAnswer, TargetClient, TargetRequest } from '../target/request.ts'
import { failedResult } from './failure.ts'
import type { OperationResult, RequestParams, RunContext, SingleExchange } from './operation.ts'

interface SingleDefinition {
  request(params: RequestParams, context: RunContext): TargetRequest | null
  /** May throw ApiError and JsonSyntaxError: they become the failed result. */
  judge(answer: TargetAnswer, params: RequestParams, context: RunContext): OperationResult
}

export function singleExchange(definition: SingleDefinition): SingleExchange {
  return {
    request: (params, context) => definition.request(params, context),
    result: (answer, params, context) => {
      try {
        return definition.judge(answer, params, context)
      } catch (error) {
        return failedResult(error)
      }
    },
    failed: failedResult
  }
}

/** The same with a promise, for parameters that `single.request` serves. */
export async function runSingle(
  single: SingleExchange,
  client: TargetClient,
  params: RequestParams,
  context: RunContext
): Promise<OperationResult> {
  const request = single.request(params, context)
  if (request === null) throw new Error('these parameters ask for more than one exchange')
  let answer: TargetAnswer
  try {
    answer = await client.send(request)
  } catch (error) {
    return failedResult(error)
  }
  return single.result(answer, params, context)
}
