// `_nodes` and `_nodes/stats`: this process, told as Elasticsearch tells of a node. `jvm` speaks of V8.

import { arch, availableParallelism, cpus, freemem, loadavg, platform, release, totalmem } from 'node:os'
import { getHeapStatistics } from 'node:v8'
import { systemClock } from '../../core/clock.ts'
import type { JsonObject } from '../../core/json.ts'
import { answer, type ApiAnswer, type ApiRequest } from '../http/api-request.ts'
import type { Route } from '../http/router.ts'
import { CLUSTER_NAME, EMBEDDED_VERSION, NODE_NAME, type NodeState } from './node-state.ts'
import { allShards, shardStats } from './shard-stats.ts'

const PARAMS = [
  'level',
  'flat_settings',
  'types',
  'groups',
  'fields',
  'include_segment_file_sizes',
  'include_unloaded_segments',
  'completion_fields',
  'fielddata_fields'
]

export function nodesRoutes(state: NodeState): Route[] {
  const statistics = (request: ApiRequest): ApiAnswer => nodesAnswer(state, select(nodeStats(state), request.parts['metric']))
  const information = (request: ApiRequest): ApiAnswer => nodesAnswer(state, select(nodeInfo(state), request.parts['metric']))
  const route = (path: string, handler: Route['handler']): Route => ({ methods: ['GET'], path, params: PARAMS, handler })
  return [
    route('/_nodes', information),
    // One node: whatever names it, it is this one; `{node}` may be a metric too, which then shows all.
    route('/_nodes/{node}', information),
    route('/_nodes/{node}/{metric}', information),
    route('/_nodes/stats', statistics),
    route('/_nodes/stats/{metric}', statistics),
    route('/_nodes/stats/{metric}/{sections}', statistics),
    route('/_nodes/{node}/stats', statistics),
    route('/_nodes/{node}/stats/{metric}', statistics)
  ]
}

function nodesAnswer(state: NodeState, node: JsonObject): ApiAnswer {
  return answer({
    _nodes: { total: 1, successful: 1, failed: 0 },
    cluster_name: CLUSTER_NAME,
    nodes: { [state.nodeId]: { ...identity(state), ...node } }
  })
}

function identity(state: NodeState): JsonObject {
  const [host] = state.address.split(':')
  return {
    name: NODE_NAME,
    transport_address: state.address,
    host: host ?? '',
    ip: host ?? '',
    version: EMBEDDED_VERSION,
    roles: ['data', 'ingest', 'master'],
    attributes: {}
  }
}

function select(sections: Readonly<Record<string, JsonObject>>, metric: string | undefined): JsonObject {
  if (metric === undefined || metric === '_all') return sections
  const wanted = new Set(metric.split(','))
  return Object.fromEntries(Object.entries(sections).filter(([name]) => wanted.has(name)))
}

function nodeInfo(state: NodeState): Record<string, JsonObject> {
  return {
    os: {
      name: platform(),
      pretty_name: `${platform()} ${release()}`,
      arch: arch(),
      version: release(),
      available_processors: availableParallelism(),
      allocated_processors: availableParallelism()
    },
    process: { id: process.pid },
    jvm: {
      pid: process.pid,
      version: process.version,
      vm_name: 'V8',
      vm_version: process.versions.v8,
      vm_vendor: 'Node.js',
      start_time_in_millis: Math.floor(systemClock.wallMs() - (systemClock.monotonicMs() - state.startedAtMs)),
      mem: { heap_max_in_bytes: getHeapStatistics().heap_size_limit }
    },
    http: { bound_address: [state.address], publish_address: state.address },
    settings: { cluster: { name: CLUSTER_NAME }, node: { name: NODE_NAME } },
    plugins: [] as unknown as JsonObject,
    modules: [] as unknown as JsonObject
  }
}

function nodeStats(state: NodeState): Record<string, JsonObject> {
  const { heapUsed, heapTotal, rss } = process.memoryUsage()
  const heapMax = getHeapStatistics().heap_size_limit
  const { user, system } = process.cpuUsage()
  const collector = ({ count, timeMs }: { count: number; timeMs: number }): JsonObject => ({
    collection_count: count,
    collection_time_in_millis: Math.round(timeMs)
  })
  return {
    indices: shardStats(allShards(state.store.all()), null),
    os: {
      timestamp: Math.floor(systemClock.wallMs()),
      cpu: { load_average: { '1m': loadavg()[0]!, '5m': loadavg()[1]!, '15m': loadavg()[2]! } },
      mem: { total_in_bytes: totalmem(), free_in_bytes: freemem(), used_in_bytes: totalmem() - freemem() },
      available_processors: cpus().length
    },
    process: {
      timestamp: Math.floor(systemClock.wallMs()),
      cpu: { total_in_millis: Math.round((user + system) / 1000) },
      mem: { resident_in_bytes: rss }
    },
    jvm: {
      timestamp: Math.floor(systemClock.wallMs()),
      uptime_in_millis: Math.round(systemClock.monotonicMs() - state.startedAtMs),
      mem: {
        heap_used_in_bytes: heapUsed,
        heap_used_percent: Math.round((100 * heapUsed) / heapMax),
        heap_committed_in_bytes: heapTotal,
        heap_max_in_bytes: heapMax,
        pools: {}
      },
      gc: { collectors: { young: collector(state.gc.young), old: collector(state.gc.old) } }
    },
    thread_pool: {},
    breakers: {},
    http: { current_open: state.httpConnections },
    ingest: { total: { count: 0, time_in_millis: 0, current: 0, failed: 0 }, pipelines: {} }
  }
}
