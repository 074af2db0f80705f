// `_stats`: what the shards of some indices hold and have done.

import type { JsonObject } from '../../core/json.ts'
import { illegalArgument } from '../api-error.ts'
import { answer, type ApiAnswer, type ApiRequest } from '../http/api-request.ts'
import type { Route } from '../http/router.ts'
import type { EmbeddedIndex } from '../store/embedded-index.ts'
import type { Shard } from '../store/shard.ts'
import { shardsSummary, targets } from './index-api.ts'
import type { NodeState } from './node-state.ts'
import { allShards, shardStats } from './shard-stats.ts'
import { words } from '../show.ts'

const PARAMS = words(`
  level ignore_unavailable allow_no_indices expand_wildcards forbid_closed_indices include_segment_file_sizes
  include_unloaded_segments fields groups completion_fields fielddata_fields
`)

export function statsRoutes(state: NodeState): Route[] {
  const handler = (request: ApiRequest): ApiAnswer => stats(state, request)
  return ['/_stats', '/_stats/{metric}', '/{index}/_stats', '/{index}/_stats/{metric}'].map((path) => ({
    methods: ['GET'],
    path,
    params: PARAMS,
    handler
  }))
}

/** Names of metrics in a path that differ from those of the sections. */
const SECTION_OF_METRIC: Readonly<Record<string, string>> = { merge: 'merges', segment: 'segments' }

export function sectionsOf(metric: string | undefined): ReadonlySet<string> | null {
  if (metric === undefined || metric === '_all') return null
  return new Set(metric.split(',').map((name) => (Object.hasOwn(SECTION_OF_METRIC, name) ? SECTION_OF_METRIC[name]! : name)))
}

function stats(state: NodeState, request: ApiRequest): ApiAnswer {
  const level = request.params.text('level') ?? 'indices'
  if (!['cluster', 'indices', 'shards'].includes(level)) {
    throw illegalArgument(`level parameter must be one of [cluster] or [indices] or [shards] but was [${level}]`)
  }
  const sections = sectionsOf(request.parts['metric'])
  const indices = targets(state, request)
  const whole = shardStats(allShards(indices), sections)
  const perIndex: Record<string, JsonObject> = {}
  for (const index of indices) perIndex[index.name] = indexStats(state, index, { sections, withShards: level === 'shards' })
  // Replicas have nowhere to be, so the total is that of the primaries.
  const all = { _shards: shardsSummary(indices), _all: { primaries: whole, total: whole } }
  return answer(level === 'cluster' ? all : { ...all, indices: perIndex })
}

function indexStats(
  state: NodeState,
  index: EmbeddedIndex,
  options: { sections: ReadonlySet<string> | null; withShards: boolean }
): JsonObject {
  const whole = shardStats(index.shards, options.sections)
  const base = {
    uuid: index.uuid,
    health: index.settings.replicas > 0 ? 'yellow' : 'green',
    status: 'open',
    primaries: whole,
    total: whole
  }
  if (!options.withShards) return base
  const shards = index.shards.map((shard, number) => [String(number), [oneShard(state, shard, options.sections)]] as const)
  return { ...base, shards: Object.fromEntries(shards) }
}

function oneShard(state: NodeState, shard: Shard, sections: ReadonlySet<string> | null): JsonObject {
  const last = shard.maxSequenceNumber
  return {
    routing: { state: 'STARTED', primary: true, node: state.nodeId, relocating_node: null },
    ...shardStats([shard], sections),
    seq_no: { max_seq_no: last, local_checkpoint: last, global_checkpoint: last }
  }
}
