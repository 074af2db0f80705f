// force-merge: waits for the answer, or (mode `polling`) asks from time to time whether the merge has ended.

import { isObject, numberOf, type JsonObject } from '../core/json.ts'
import { parseJson } from '../core/json-parse.ts'
import { TransportError, type TargetClient, type TargetFacts, type TargetRequest } from '../target/request.ts'
import { defineOperation, done, sendOk } from './define-operation.ts'
import type { OperationResult, RunContext } from './operation.ts'
import { truthy } from './python-values.ts'
import { pathPart, queryString } from './query-string.ts'
import { requestParts, sendOptions } from './request-parts.ts'

interface Merge {
  readonly blocking: TargetRequest
  /** Answers at once with the name of a task. */
  readonly background: TargetRequest
  readonly polls: boolean
  readonly pollMs: number
}

export const forceMerge = defineOperation<Merge>({
  name: 'force-merge',
  isAdmin: true,
  isRetried: false,

  encode(params) {
    const parts = requestParts(params)
    const target = truthy(params['index']) ? `/${pathPart(params['index'] ?? null)}` : ''
    const segments = params['max-num-segments']
    const query: JsonObject = truthy(segments) ? { max_num_segments: segments ?? null } : {}
    const request = (more: JsonObject): TargetRequest => ({
      method: 'POST',
      path: `${target}/_forcemerge${queryString({ ...query, ...more })}`,
      body: null,
      ...sendOptions(parts),
      keep: 'all'
    })
    return {
      blocking: request({}),
      background: request({ wait_for_completion: false }),
      polls: params['mode'] === 'polling',
      pollMs: (numberOf(params['poll-period']) ?? 10) * 1000
    }
  },

  async execute(client, merge, context) {
    if (!merge.polls) return done((await sendOk(client, merge.blocking)).wireBytes)
    return hasBackgroundMerge(context.target) ? pollTask(client, merge, context) : pollList(client, merge, context)
  }
})

/** Elasticsearch since 8.1, OpenSearch since 2.7. */
function hasBackgroundMerge({ distribution, version, isServerless }: TargetFacts): boolean {
  if (isServerless || version === null) return true
  const [major = 0, minor = 0] = version.split('.').map((part) => Number.parseInt(part, 10))
  const [needsMajor, needsMinor] = distribution === 'opensearch' ? [2, 7] : [8, 1]
  return major > needsMajor || (major === needsMajor && minor >= needsMinor)
}

async function pollTask(client: TargetClient, merge: Merge, context: RunContext): Promise<OperationResult> {
  const started = await sendOk(client, merge.background)
  const task = parsed(started.body)['task']
  if (typeof task !== 'string') return done(started.wireBytes)
  const question: TargetRequest = { method: 'GET', path: `/_tasks/${pathPart(task)}`, body: null, keep: 'all' }
  for (;;) {
    const answer = await sendOk(client, question)
    if (parsed(answer.body)['completed'] === true) return done(answer.wireBytes)
    await pause(merge, context)
  }
}

// Older servers only answer when they are done: the connection may give up before, and the list of tasks tells.
async function pollList(client: TargetClient, merge: Merge, context: RunContext): Promise<OperationResult> {
  try {
    return done((await sendOk(client, merge.blocking)).wireBytes)
  } catch (error) {
    if (!(error instanceof TransportError) || error.failure !== 'timeout') throw error
  }
  const question: TargetRequest = { method: 'GET', path: '/_tasks?actions=indices:admin/forcemerge', body: null, keep: 'all' }
  for (;;) {
    await pause(merge, context)
    const answer = await sendOk(client, question)
    const { nodes } = parsed(answer.body)
    if (!isObject(nodes) || Object.keys(nodes).length === 0) return done(answer.wireBytes)
  }
}

async function pause({ pollMs }: Merge, context: RunContext): Promise<void> {
  await context.sleep(pollMs)
  if (context.stopping()) throw new TransportError('cancelled', 'the race was stopped while a merge was waited for')
}

function parsed(body: Buffer): JsonObject {
  const document = parseJson(body.toString('utf8'))
  return isObject(document) ? document : {}
}
