// Indices: create, delete, exists, mappings, settings, refresh, flush, force-merge.

import { systemClock } from '../../core/clock.ts'
import type { JsonObject } from '../../core/json.ts'
import { illegalArgument } from '../api-error.ts'
import { answer, jsonBody, part, type ApiAnswer, type ApiRequest } from '../http/api-request.ts'
import type { Route } from '../http/router.ts'
import type { EmbeddedIndex } from '../store/embedded-index.ts'
import { checkDestructive } from '../store/index-store.ts'
import { flattenSettings, nestSettings } from '../store/settings.ts'
import type { NodeState } from './node-state.ts'

const TARGETING = ['ignore_unavailable', 'allow_no_indices', 'expand_wildcards', 'local']

export function indexRoutes(state: NodeState): Route[] {
  const onIndices = (request: ApiRequest): EmbeddedIndex[] => targets(state, request)
  return [
    { methods: ['PUT'], path: '/{index}', params: ['wait_for_active_shards'], handler: (request) => createIndex(state, request) },
    { methods: ['DELETE'], path: '/{index}', params: TARGETING, handler: (request) => deleteIndices(state, request) },
    {
      methods: ['GET'],
      path: '/{index}',
      params: [...TARGETING, 'flat_settings'],
      handler: (request) => describe(onIndices(request), ['mappings', 'settings'])
    },
    { methods: ['HEAD'], path: '/{index}', params: [...TARGETING, 'flat_settings'], handler: (request) => exists(onIndices(request)) },
    ...both('_mapping', ['GET'], TARGETING, (request) => describe(onIndices(request), ['mappings'])),
    {
      methods: ['PUT', 'POST'],
      path: '/{index}/_mapping',
      params: TARGETING,
      handler: (request) => putMapping(onIndices(request), request)
    },
    ...both('_settings', ['GET'], [...TARGETING, 'flat_settings', 'include_defaults'], (request) =>
      describe(onIndices(request), ['settings'])
    ),
    ...both('_settings', ['PUT'], [...TARGETING, 'preserve_existing'], (request) => putSettings(onIndices(request), request)),
    ...both('_refresh', ['GET', 'POST'], TARGETING, (request) => refresh(onIndices(request))),
    ...both('_flush', ['GET', 'POST'], [...TARGETING, 'force', 'wait_if_ongoing'], (request) => flush(onIndices(request))),
    ...both(
      '_forcemerge',
      ['POST'],
      [...TARGETING, 'max_num_segments', 'only_expunge_deletes', 'flush', 'wait_for_completion'],
      (request) => forceMerge(onIndices(request), request)
    )
  ]
}

/** One API for all indices and for named ones. */
function both(name: string, methods: readonly string[], params: readonly string[], handler: Route['handler']): Route[] {
  return [
    { methods, path: `/${name}`, params, handler },
    { methods, path: `/{index}/${name}`, params, handler }
  ]
}

export function targets(state: NodeState, request: ApiRequest): EmbeddedIndex[] {
  return state.store.resolve(request.parts['index'] ?? '_all', {
    ignoreUnavailable: request.params.flag('ignore_unavailable'),
    allowNoIndices: request.params.flag('allow_no_indices', true)
  })
}

function createIndex(state: NodeState, request: ApiRequest): ApiAnswer {
  const name = part(request, 'index')
  state.store.create(name, jsonBody(request))
  return answer({ acknowledged: true, shards_acknowledged: true, index: name })
}

function deleteIndices(state: NodeState, request: ApiRequest): ApiAnswer {
  checkDestructive(part(request, 'index'), state.destructiveRequiresName)
  for (const index of targets(state, request)) state.store.delete(index.name)
  return answer({ acknowledged: true })
}

function exists(indices: readonly EmbeddedIndex[]): ApiAnswer {
  return { status: indices.length > 0 ? 200 : 404, body: null }
}

function describe(indices: readonly EmbeddedIndex[], parts: readonly ('mappings' | 'settings')[]): ApiAnswer {
  const shown: Record<string, JsonObject> = {}
  for (const index of indices) {
    shown[index.name] = {
      ...(parts.length > 1 ? { aliases: {} } : {}),
      ...(parts.includes('mappings') ? { mappings: index.mapping.toJson() } : {}),
      ...(parts.includes('settings') ? { settings: nestSettings(settingsOf(index)) } : {})
    }
  }
  return answer(shown)
}

function settingsOf(index: EmbeddedIndex): Map<string, string> {
  return new Map([
    ['index.number_of_shards', String(index.settings.shards)],
    ['index.number_of_replicas', String(index.settings.replicas)],
    ...index.settings.flat,
    ['index.creation_date', String(Math.floor(index.createdAtMs))],
    ['index.uuid', index.uuid],
    ['index.provided_name', index.name]
  ])
}

function putMapping(indices: readonly EmbeddedIndex[], request: ApiRequest): ApiAnswer {
  const body = jsonBody(request)
  for (const index of indices) index.mapping.merge(body)
  return answer({ acknowledged: true })
}

function putSettings(indices: readonly EmbeddedIndex[], request: ApiRequest): ApiAnswer {
  const body = jsonBody(request)
  const { settings } = body
  const changes = flattenSettings(typeof settings === 'object' && settings !== null ? (settings as JsonObject) : body)
  if (changes.size === 0) throw illegalArgument('no settings to update')
  for (const index of indices) index.updateSettings(changes)
  return answer({ acknowledged: true })
}

function refresh(indices: readonly EmbeddedIndex[]): ApiAnswer {
  for (const index of indices) index.refresh()
  return answer({ _shards: shardsSummary(indices) })
}

// Everything lives in memory and there is no log to clear: a flush only makes what is pending searchable, as Lucene's commit does.
function flush(indices: readonly EmbeddedIndex[]): ApiAnswer {
  for (const index of indices) {
    for (const shard of index.shards) {
      const startMs = systemClock.monotonicMs()
      shard.counters.flushTotal++
      shard.counters.flushTimeMs += systemClock.monotonicMs() - startMs
    }
  }
  return answer({ _shards: shardsSummary(indices) })
}

function forceMerge(indices: readonly EmbeddedIndex[], request: ApiRequest): ApiAnswer {
  const maxSegments = request.params.wholeNumber('max_num_segments')
  const onlyExpungeDeletes = request.params.flag('only_expunge_deletes')
  if (!request.params.flag('wait_for_completion', true))
    throw illegalArgument('the embedded node does not support [wait_for_completion=false]')
  if (maxSegments !== null && maxSegments < 1) throw illegalArgument(`[max_num_segments] must be positive, was [${maxSegments}]`)
  if (maxSegments !== null && onlyExpungeDeletes) {
    throw illegalArgument('cannot set only_expunge_deletes and max_num_segments at the same time')
  }
  for (const index of indices) {
    for (const shard of index.shards) shard.forceMerge(maxSegments ?? Number.MAX_SAFE_INTEGER, onlyExpungeDeletes)
  }
  return answer({ _shards: shardsSummary(indices) })
}

/** `_shards` of an answer; replicas have nowhere to be. */
export function shardsSummary(indices: readonly EmbeddedIndex[]): JsonObject {
  const primaries = indices.reduce((sum, index) => sum + index.shards.length, 0)
  const total = indices.reduce((sum, index) => sum + index.shards.length * (1 + index.settings.replicas), 0)
  return { total, successful: primaries, failed: 0 }
}
