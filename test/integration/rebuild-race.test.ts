// The report out of what the nodes kept must be the one that the race showed.

import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { rebuildRace } from '../../src/coordinator/rebuild-race.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { objectsAt } from '../../src/core/json-path.ts'
import { exactDistribution } from '../../src/metrics/exact-distribution.ts'
import { measuredResults } from '../../src/metrics/results.ts'
import { openLocalNode } from '../../src/node/local-node.ts'
import { mergeChunks, type SampleRow } from '../../src/results/merge-chunks.ts'
import { findResults } from '../../src/results/read-results.ts'
import type { Track } from '../../src/track/track.ts'
import { buildOperation, buildTask, buildTrack } from '../helpers/build-track.ts'
import { HEALTH_LIMITS } from '../helpers/health-limits.ts'
import { nodeSettings } from '../helpers/node-settings.ts'
import { runSchedule, type ScheduleRun } from '../helpers/run-schedule.ts'
import { startStubTarget } from '../helpers/stub-target.ts'

const search = buildOperation('search', { index: 'x', body: {} })
const base = mkdtempSync(join(tmpdir(), 'rally-rebuild-'))
after(() => rmSync(base, { recursive: true, force: true }))

const TRACK: Track = buildTrack([
  buildTask(search, { name: 'paced', clients: 5, warmupTimePeriod: 1, timePeriod: 2, params: { 'target-throughput': 150 } }),
  { kind: 'parallel', tasks: [buildTask(search, { name: 'left', clients: 2, iterations: 30 }), buildTask(search, { name: 'right', clients: 2, iterations: 40 })], clients: null }
])

interface Run {
  readonly run: ScheduleRun
  readonly folders: readonly string[]
}

async function runOnNodes(names: readonly string[]): Promise<Run> {
  let asked = 0
  const target = await startStubTarget((_request, response) => {
    response.statusCode = ++asked % 17 === 0 ? 503 : 200
    response.end('{"took":1,"hits":{"total":{"value":1,"relation":"eq"},"hits":[]}}')
  })
  const dir = mkdtempSync(join(base, 'x-'))
  const nodes = names.map((name) => openLocalNode(nodeSettings({ resultsDir: join(dir, name), workers: 2 }), name))
  try {
    const run = await runSchedule({ track: TRACK, target, nodes })
    assert.equal(run.result.error, null)
    return { run, folders: names.map((name) => join(dir, name, 'test')) }
  } finally {
    await target.close()
  }
}

const CRASHED: JsonObject = { 'race-id': 'test', 'race-timestamp': '20260101T000000Z', cluster: {}, status: 'running', track: 'test' }

function rebuilt({ folders }: Run, from: 'histograms' | 'samples') {
  return rebuildRace({ document: CRASHED, summary: null, track: TRACK, folders, limits: HEALTH_LIMITS, from })
}

test('from histograms: the very figures of the race, of one node and of three', async () => {
  for (const names of [['local'], ['a', 'b', 'c']]) {
    const raced = await runOnNodes(names)
    const { document } = await rebuilt(raced, 'histograms')
    assert.deepEqual(document['results'], measuredResults({ track: TRACK, measurements: raced.run.measurements, telemetry: [] }))
    assert.deepEqual([document['status'], document['track']], ['failed', 'test'])
    const keys = Object.keys(document)
    assert.equal(keys.indexOf('results'), keys.indexOf('cluster') + 1)
  }
})

test('from samples: the same counts, and percentiles of the samples themselves', async () => {
  const raced = await runOnNodes(['a', 'b'])
  const { document, warnings } = await rebuilt(raced, 'samples')
  assert.deepEqual(warnings, [])
  assert.equal(document['percentiles-from'], 'samples')
  const rows: SampleRow[] = []
  for await (const batch of mergeChunks((await findResults(raced.folders)).chunks, assert.fail)) rows.push(...batch)
  const live = objectsAt(measuredResults({ track: TRACK, measurements: raced.run.measurements, telemetry: [] }), 'op_metrics')
  for (const [index, item] of objectsAt(document, 'results', 'op_metrics').entries()) {
    const own = rows.filter((row) => row.task === item['task'] && row.sampleType === 'normal')
    const exact = exactDistribution(own.map((row) => row.serviceMs))
    const { '50_0': p50, '100_0': p100 } = item['service_time'] as Record<string, number>
    assert.ok(Math.abs(Number(p50) - exact.percentile(50)) < 2e-6, `${Number(p50)} and ${exact.percentile(50)}`)
    assert.ok(Math.abs(Number(p100) - exact.percentile(100)) < 2e-6)
    for (const key of ['sample_count', 'account', 'throughput', 'throughput_per_second', 'error_rate']) assert.deepEqual(item[key], live[index]![key], key)
  }
})

test('samples that are missing are told of, and their task keeps the percentiles of its histograms', async () => {
  const raced = await runOnNodes(['a', 'b'])
  rmSync(join(raced.folders[1]!, 'chunks'), { recursive: true })
  const { document, warnings } = await rebuilt(raced, 'samples')
  assert.match(warnings[0] ?? '', /^task paced: \d+ of \d+ samples are here/)
  const paced = (results: JsonObject): JsonObject => objectsAt(results, 'op_metrics')[0]!
  const histograms = measuredResults({ track: TRACK, measurements: raced.run.measurements, telemetry: [] })
  assert.deepEqual(paced(document['results'] as JsonObject), paced(histograms))
})

test('a race of which nothing is left says so', async () => {
  await assert.rejects(rebuilt({ folders: [join(base, 'nothing')] } as unknown as Run, 'samples'), /nothing is left of what race test measured/)
})
