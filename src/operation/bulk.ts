// bulk: one `PUT /_bulk`. Its answer is looked at, not parsed, unless documents failed or details are wanted.

import { messageOf } from '../core/errors.ts'
import { numberOf, type JsonObject } from '../core/json.ts'
import { printJson } from '../core/json-print.ts'
import { isErrorStatus, type TargetAnswer, type TargetClient, type TargetRequest } from '../target/request.ts'
import { checkAssertions } from './assertions.ts'
import { describeErrors, errorsFlag, itemsOf, parseBulkAnswer, type BulkItem } from './bulk-answer.ts'
import { bulkDetails } from './bulk-details.ts'
import { hasRoomErrors, retryBody } from './bulk-retry.ts'
import { bulkSource, type BulkRequest } from './bulk-source.ts'
import { apiFailure, beginning, failed, failedResult } from './failure.ts'
import type { Failure, OperationResult, OperationType, RunContext } from './operation.ts'
import { singleExchange } from './single-exchange.ts'

/** Without retries of its own, a bulk is one exchange. */
const single = singleExchange({
  request: (params) => ((params as BulkRequest).retriesOn429 === 0 ? (params as BulkRequest).request : null),
  judge: (answer, params, context) => {
    const wanted = params as BulkRequest
    const result = resultOf(answer, wanted, firstAttempt(wanted), context)
    if (result === null) throw new Error('a bulk without retries of its own asks for one')
    checkAssertions(wanted.assertions, wanted.operation, result, context)
    return result
  }
})

export const bulk: OperationType = {
  name: 'bulk',
  isAdmin: false,
  createSource: bulkSource,
  run: async (client, params, context) => {
    const wanted = params as BulkRequest
    const result = await runBulk(client, wanted, context).catch(failedResult)
    checkAssertions(wanted.assertions, wanted.operation, result, context)
    return result
  },
  single
}

/** What the attempts so far have come to. */
interface Attempts {
  /** The next one, or the last. */
  request: TargetRequest
  bytes: number
  retries: number
  /** Items that failed for good in an attempt that another one followed. */
  readonly failedBefore: BulkItem[]
}

function firstAttempt({ request }: BulkRequest): Attempts {
  return { request, bytes: 0, retries: 0, failedBefore: [] }
}

async function runBulk(client: TargetClient, wanted: BulkRequest, context: RunContext): Promise<OperationResult> {
  const attempts = firstAttempt(wanted)
  for (;;) {
    const result = resultOf(await client.send(attempts.request), wanted, attempts, context)
    if (result !== null) return result
    attempts.retries++
    if (wanted.retryWaitMs > 0) await context.sleep(wanted.retryWaitMs)
  }
}

/** Null: `attempts.request` is to be sent (again). */
function resultOf(answer: TargetAnswer, wanted: BulkRequest, attempts: Attempts, context: RunContext): OperationResult | null {
  attempts.bytes += answer.wireBytes
  const mayRetry = attempts.retries < wanted.retriesOn429 && !context.stopping()
  if (isErrorStatus(answer.status)) return answer.status === 429 && mayRetry ? null : failed(apiFailure(answer), attempts.bytes)
  if (!needsItems(wanted, answer, attempts, context)) return succeeded(wanted, attempts)
  const parsed = parsedAnswer(answer)
  if (parsed instanceof Error) return failed(unreadable(answer, parsed), attempts.bytes)
  const items = itemsOf(parsed)
  if (!mayRetry || !hasRoomErrors(items)) return judge(wanted, { document: parsed, items, answer }, attempts)
  attempts.failedBefore.push(...items.filter(({ isFailed, status }) => isFailed && status !== 429))
  attempts.request = { ...wanted.request, body: retryBody(attempts.request.body ?? Buffer.alloc(0), items) }
  return null
}

function needsItems(wanted: BulkRequest, answer: TargetAnswer, attempts: Attempts, context: RunContext): boolean {
  if (wanted.isDetailed || attempts.retries > 0) return true
  if (context.checksAssertions === true && wanted.assertions.length > 0) return true
  return errorsFlag(answer.head) !== false
}

function succeeded({ documents }: BulkRequest, { bytes }: Attempts): OperationResult {
  return { weight: documents, unit: 'docs', success: true, failure: null, bytes }
}

function parsedAnswer(answer: TargetAnswer): JsonObject | Error {
  try {
    return parseBulkAnswer(answer)
  } catch (error) {
    return error instanceof Error ? error : new Error(messageOf(error))
  }
}

interface Judged {
  readonly document: JsonObject
  readonly items: readonly BulkItem[]
  readonly answer: TargetAnswer
}

/** Items count only if the answer itself says that there are errors, or details are wanted: as in Elastic Rally. */
function judge(wanted: BulkRequest, { document, items, answer }: Judged, attempts: Attempts): OperationResult {
  const looksAtItems = wanted.isDetailed || attempts.retries > 0 || document['errors'] === true
  const failures = [...attempts.failedBefore, ...(looksAtItems ? items.filter(({ isFailed }) => isFailed) : [])]
  const statuses = items.map(({ status }) => status)
  const maxStatus = statuses.reduce((max, status) => Math.max(max, status), items.length === 0 ? answer.status : 0)
  const details = wanted.isDetailed && attempts.retries === 0 ? bulkDetails(document, items, wanted.request.body ?? Buffer.alloc(0)) : {}
  const meta: JsonObject = {
    index: wanted.target,
    took: numberOf(document['took']),
    'success-count': wanted.documents - failures.length,
    'error-count': failures.length,
    'request-status': answer.status,
    'max-doc-status': maxStatus,
    'retry-count': attempts.retries,
    retried: attempts.retries > 0,
    ...details
  }
  const failure = failures.length === 0 ? null : itemFailure(failures)
  return { weight: wanted.documents, unit: 'docs', success: failure === null, failure, bytes: attempts.bytes, meta }
}

/** Being told to come later is another failure than being told that a document is wrong. */
function itemFailure(failures: readonly BulkItem[]): Failure {
  const onlyRoom = failures.every(({ status }) => status === 429)
  const status = failures.reduce((max, item) => Math.max(max, item.status), 0)
  const [first] = failures
  return {
    errorClass: onlyRoom ? 'http-429' : 'bulk-item',
    errorType: 'bulk',
    httpStatus: status,
    description: describeErrors(failures),
    body: first === undefined ? null : beginning(printJson({ [first.action]: first.data }))
  }
}

function unreadable(answer: TargetAnswer, error: Error): Failure {
  const description = `the answer is no answer to a bulk: ${error.message}`
  return {
    errorClass: 'bad-answer',
    errorType: 'api',
    httpStatus: answer.status,
    description,
    body: beginning(answer.body.toString('utf8'))
  }
}
