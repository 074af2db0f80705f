// `_cluster/health` and `_cluster/settings`.

import { setTimeout as wait } from 'node:timers/promises'
import { systemClock } from '../../core/clock.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import { illegalArgument, indexNotFound } from '../api-error.ts'
import { answer, jsonBody, type ApiAnswer, type ApiRequest } from '../http/api-request.ts'
import type { Route } from '../http/router.ts'
import type { EmbeddedIndex } from '../store/embedded-index.ts'
import { flattenEntries, nestSettings } from '../store/settings.ts'
import { CLUSTER_NAME, type NodeState } from './node-state.ts'
import { words } from '../show.ts'

const HEALTH_PARAMS = words(`
  level local expand_wildcards wait_for_status wait_for_nodes wait_for_active_shards wait_for_events
  wait_for_no_relocating_shards wait_for_no_initializing_shards wait_for_relocating_shards
  return_200_for_cluster_health_timeout
`)

export function clusterRoutes(state: NodeState): Route[] {
  const health = (request: ApiRequest): Promise<ApiAnswer> => clusterHealth(state, request)
  const params = ['flat_settings', 'include_defaults']
  return [
    { methods: ['GET'], path: '/_cluster/health', params: HEALTH_PARAMS, handler: health },
    { methods: ['GET'], path: '/_cluster/health/{index}', params: HEALTH_PARAMS, handler: health },
    { methods: ['GET'], path: '/_cluster/settings', params, handler: (request) => answer(showSettings(state, request)) },
    { methods: ['PUT'], path: '/_cluster/settings', params, handler: (request) => putSettings(state, request) }
  ]
}

type Status = 'green' | 'yellow' | 'red'
const RANK: Readonly<Record<Status, number>> = { red: 0, yellow: 1, green: 2 }
const DEFAULT_TIMEOUT_MS = 30_000
const POLL_MS = 20

async function clusterHealth(state: NodeState, request: ApiRequest): Promise<ApiAnswer> {
  const { params } = request
  const wanted = params.text('wait_for_status') ?? 'red'
  if (!Object.hasOwn(RANK, wanted)) throw illegalArgument(`unknown cluster health status [${wanted}]`)
  const deadlineMs = systemClock.monotonicMs() + params.timeMs('timeout', DEFAULT_TIMEOUT_MS)
  const nodesOk = isNodeCountMet(params.text('wait_for_nodes'))
  const shardsOk = ['0', '1', 'all', null].includes(params.text('wait_for_active_shards'))
  for (;;) {
    const indices = healthTargets(state, request)
    const status = statusOf(indices)
    const isMet = indices !== null && nodesOk && shardsOk && RANK[status] >= RANK[wanted as Status]
    const isLate = systemClock.monotonicMs() >= deadlineMs
    if (isMet || isLate) return answer(printHealth(request, indices, { status, timedOut: !isMet }), isMet ? 200 : 408)
    await wait(POLL_MS)
  }
}

/** null: a named index is not there. */
function healthTargets(state: NodeState, { parts }: ApiRequest): EmbeddedIndex[] | null {
  try {
    return state.store.resolve(parts['index'] ?? '_all')
  } catch (error) {
    if ((error as Error).message === indexNotFound(parts['index'] ?? '').message || parts['index']?.includes(',') === true) return null
    throw error
  }
}

function statusOf(indices: readonly EmbeddedIndex[] | null): Status {
  if (indices === null) return 'red'
  // There is one node, so no replica ever has a place.
  return indices.some((index) => index.settings.replicas > 0) ? 'yellow' : 'green'
}

function isNodeCountMet(expression: string | null): boolean {
  const match = /^(>=|<=|>|<|ge\(|le\(|gt\(|lt\()?(\d+)\)?$/.exec(expression ?? '1')
  if (match === null) throw illegalArgument(`failed to parse [wait_for_nodes] with value [${expression}]`)
  const count = Number(match[2])
  switch (match[1]) {
    case '>=':
    case 'ge(':
      return count <= 1
    case '<=':
    case 'le(':
      return count >= 1
    case '>':
    case 'gt(':
      return count < 1
    case '<':
    case 'lt(':
      return count > 1
    default:
      return count === 1
  }
}

function printHealth(
  request: ApiRequest,
  indices: readonly EmbeddedIndex[] | null,
  found: { status: Status; timedOut: boolean }
): JsonObject {
  const all = indices ?? []
  const primaries = all.reduce((sum, index) => sum + index.shards.length, 0)
  const unassigned = all.reduce((sum, index) => sum + index.shards.length * index.settings.replicas, 0)
  const perIndex = Object.fromEntries(all.map((index) => [index.name, indexHealth(index)]))
  return {
    cluster_name: CLUSTER_NAME,
    status: found.status,
    timed_out: found.timedOut,
    number_of_nodes: 1,
    number_of_data_nodes: 1,
    active_primary_shards: primaries,
    active_shards: primaries,
    relocating_shards: 0,
    initializing_shards: 0,
    unassigned_shards: unassigned,
    unassigned_primary_shards: 0,
    delayed_unassigned_shards: 0,
    number_of_pending_tasks: 0,
    number_of_in_flight_fetch: 0,
    task_max_waiting_in_queue_millis: 0,
    active_shards_percent_as_number: primaries + unassigned === 0 ? 100 : (100 * primaries) / (primaries + unassigned),
    ...(['indices', 'shards'].includes(request.params.text('level') ?? 'cluster') ? { indices: perIndex } : {})
  }
}

function indexHealth(index: EmbeddedIndex): JsonObject {
  const { shards, replicas } = index.settings
  return {
    status: replicas > 0 ? 'yellow' : 'green',
    number_of_shards: shards,
    number_of_replicas: replicas,
    active_primary_shards: shards,
    active_shards: shards,
    relocating_shards: 0,
    initializing_shards: 0,
    unassigned_shards: shards * replicas
  }
}

function showSettings(state: NodeState, { params }: ApiRequest): JsonObject {
  const { persistent, transient } = state.clusterSettings
  const show = (settings: ReadonlyMap<string, string>): JsonObject =>
    params.flag('flat_settings') ? Object.fromEntries(settings) : nestSettings(settings)
  return { persistent: show(persistent), transient: show(transient) }
}

function putSettings(state: NodeState, request: ApiRequest): ApiAnswer {
  const body = jsonBody(request)
  const changed: JsonObject[] = []
  for (const key of Object.keys(body)) if (key !== 'persistent' && key !== 'transient') throw illegalArgument(`unknown field [${key}]`)
  for (const scope of ['persistent', 'transient'] as const) {
    const changes = isObject(body[scope]) ? flattenEntries(body[scope]) : new Map<string, string | null>()
    const kept = state.clusterSettings[scope]
    for (const [key, value] of changes) {
      if (value === null) kept.delete(key)
      else kept.set(key, value)
    }
    changed.push(nestSettings([...changes].filter((entry): entry is [string, string] => entry[1] !== null)))
  }
  return answer({ acknowledged: true, persistent: changed[0]!, transient: changed[1]! })
}
