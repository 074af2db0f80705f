import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { JsonValue } from '../../../src/core/json.ts'
import { pythonFloat } from '../../../src/core/python-number.ts'
import { clusterFigures } from '../../../src/metrics/cluster-figures.ts'
import { telemetryRecords, uncleanStateWarnings } from '../../../src/metrics/telemetry-record.ts'

const NOTHING = { indexStats: null, jvm: null, ingest: null }

const shard = (primary: boolean, mergeMs: number): JsonValue => ({ routing: { primary }, merges: { total_time_in_millis: mergeMs } })
const INDEX_STATS: JsonValue = {
  _all: {
    primaries: {
      merges: { total_time_in_millis: 30, total: 3 },
      segments: { count: 7, memory_in_bytes: 0 },
      refresh: { total_time_in_millis: 2001 }
    },
    total: { store: { size_in_bytes: 4096 }, translog: { size_in_bytes: 55 } }
  },
  indices: { a: { shards: { 0: [shard(true, 10), shard(false, 99)], 1: [shard(false, 98), shard(true, 20)] } } }
}
const jvm = (collectors: JsonValue): JsonValue => ({ jvm: { gc: { collectors } } })
const collector = (count: number, ms: number): JsonValue => ({ collection_count: count, collection_time_in_millis: ms })

test('index statistics are those of the end, per shard those of the primaries', () => {
  const figures = clusterFigures(telemetryRecords(NOTHING, { ...NOTHING, indexStats: INDEX_STATS }))
  assert.equal(figures['merge_time'], 30)
  assert.deepEqual(figures['merge_time_per_shard'], { min: 10, median: pythonFloat(15), max: 20, unit: 'ms' })
  assert.deepEqual([figures['merge_count'], figures['segment_count'], figures['memory_segments']], [3, 7, 0])
  assert.deepEqual([figures['store_size'], figures['translog_size']], [4096, 55])
})

test('what an answer lacks gives no row', () => {
  const figures = clusterFigures(telemetryRecords(NOTHING, { ...NOTHING, indexStats: INDEX_STATS }))
  for (const key of ['flush_time', 'dataset_size', 'young_gc_time', 'ingest_pipeline_cluster_count', 'memory_terms'])
    assert.equal(figures[key], null, key)
  assert.deepEqual(figures['flush_time_per_shard'], {})
})

test('garbage collection is the growth over the nodes of the start, never negative', () => {
  const before = {
    nodes: {
      a: jvm({ young: collector(10, 100), old: collector(5, 50), 'ZGC Cycles': collector(1, 1) }),
      gone: jvm({ young: collector(1, 1) })
    }
  }
  const after = {
    nodes: {
      a: jvm({ young: collector(14, 160), old: collector(1, 2), 'ZGC Cycles': collector(3, 7) }),
      fresh: jvm({ young: collector(9, 9) })
    }
  }
  const figures = clusterFigures(telemetryRecords({ ...NOTHING, jvm: before }, { ...NOTHING, jvm: after }))
  assert.deepEqual([figures['young_gc_count'], figures['young_gc_time'], figures['old_gc_count'], figures['old_gc_time']], [4, 60, 0, 0])
  assert.deepEqual([figures['zgc_cycles_gc_count'], figures['zgc_cycles_gc_time'], figures['zgc_pauses_gc_time']], [2, 6, null])
})

test('ingest pipelines are the growth over all nodes', () => {
  const node = (count: number, ms: number, failed: number): JsonValue => ({ ingest: { total: { count, time_in_millis: ms, failed } } })
  const figures = clusterFigures(
    telemetryRecords(
      { ...NOTHING, ingest: { nodes: { a: node(1, 10, 0), b: node(2, 20, 0) } } },
      { ...NOTHING, ingest: { nodes: { a: node(4, 15, 1), b: node(2, 20, 0), c: node(9, 9, 9) } } }
    )
  )
  assert.deepEqual(
    [figures['ingest_pipeline_cluster_count'], figures['ingest_pipeline_cluster_time'], figures['ingest_pipeline_cluster_failed']],
    [3, 5, 1]
  )
})

test('a cluster that has worked before is warned of', () => {
  const warnings = uncleanStateWarnings(INDEX_STATS)
  assert.equal(warnings.length, 1)
  assert.match(warnings[0] ?? '', /^refresh_total_time is 2001 ms indicating that the cluster is not in a defined clean state/)
  assert.deepEqual(uncleanStateWarnings(null), [])
})

test('no answer of a server breaks the telemetry', () => {
  fc.assert(
    fc.property(fc.jsonValue(), fc.jsonValue(), (one, other) => {
      const answers = (value: unknown): JsonValue => ({ nodes: { a: value, b: one }, indices: value, _all: value }) as JsonValue
      const [before, after] = [answers(one), answers(other)]
      clusterFigures(
        telemetryRecords({ indexStats: before, jvm: before, ingest: before }, { indexStats: after, jvm: after, ingest: after })
      )
      uncleanStateWarnings(after)
    })
  )
})
