// DESIGN §5.1 on one node: clients and their choices belong to the race, not to the workers that happen to play them.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { JsonObject } from '../../src/core/json.ts'
import type { ScheduleElement } from '../../src/track/track.ts'
import { buildCorpus, buildOperation, buildTask, buildTrack } from '../helpers/build-track.ts'
import { runSchedule, type ScheduleRun } from '../helpers/run-schedule.ts'
import { startStubTarget } from '../helpers/stub-target.ts'

const DOCUMENTS = 331
const folder = mkdtempSync(join(tmpdir(), 'rally-workers-'))
after(() => rmSync(folder, { recursive: true }))
mkdirSync(join(folder, 'c'))
writeFileSync(join(folder, 'c', 'documents.json'), Array.from({ length: DOCUMENTS }, (_, n) => `{"n":${n}}\n`).join(''))

const corpora = [buildCorpus('c', { documentFile: 'documents.json', numberOfDocuments: DOCUMENTS, targetIndex: 'i' })]

const search = (name: string) => buildOperation('raw-request', { path: `/${name}` }, name)
const bulk = (params: JsonObject, name: string) => buildOperation('bulk', { 'bulk-size': 5, ...params }, name)
/** Every client's own choices: which id comes again, and when. */
const CONFLICTS: JsonObject = { conflicts: 'random', 'conflict-probability': 40, 'on-conflict': 'update' }

interface Sent {
  readonly run: ScheduleRun
  /** Of each client, what it sent, in its order; by its first request, which tells clients apart where they differ. */
  readonly clients: readonly (readonly string[])[]
}

async function send(schedule: readonly ScheduleElement[], workers: number): Promise<Sent> {
  const target = await startStubTarget((seen, response) => response.end(seen.path.includes('_bulk') ? '{"took":1,"errors":false,"items":[]}' : '{"took":1}'))
  try {
    const run = await runSchedule({ track: buildTrack(schedule, { corpora }), target, seed: 'the same', dataCacheDir: folder, workers })
    assert.deepEqual([run.result.phase, run.result.error], ['done', null])
    assert.equal(run.result.nodes[0]!.workers, workers)
    // A client has a connection of its own.
    const byClient = new Map<number, string[]>()
    for (const { connection, method, path, body } of target.requests) byClient.set(connection, [...(byClient.get(connection) ?? []), `${method} ${path}\n${body}`])
    return { run, clients: [...byClient.values()].sort((a, b) => (a.join('\n') < b.join('\n') ? -1 : 1)) }
  } finally {
    await target.close()
  }
}

const SCHEDULES: Readonly<Record<string, readonly ScheduleElement[]>> = {
  'bounded by iterations': [
    {
      kind: 'parallel',
      clients: null,
      tasks: [buildTask(search('few'), { clients: 4, warmupIterations: 3, iterations: 8 }), buildTask(search('many'), { clients: 3, iterations: 12 })]
    },
    buildTask(bulk({ ...CONFLICTS, looped: true }, 'counted'), { clients: 5, iterations: 20 })
  ],
  'bounded by their corpus': [
    buildTask(bulk({}, 'whole'), { clients: 4 }),
    buildTask(bulk({ 'ingest-percentage': 60 }, 'part'), { clients: 5 }),
    buildTask(bulk(CONFLICTS, 'conflicting'), { clients: 6 })
  ],
  // Due so seldom that what is sent late on a busy machine still falls before the ends of warm-up and task.
  'bounded by a deterministic schedule': [buildTask(search('steady'), { clients: 5, warmupTimePeriod: 1.6, timePeriod: 1.5, params: { 'target-throughput': 3 } })],
  'bounded by a poisson schedule': [
    buildTask(bulk(CONFLICTS, 'random'), { clients: 6, params: { 'target-throughput': '1000 docs/s', schedule: 'poisson' } }),
    buildTask(search('waiting'), { clients: 4, warmupIterations: 2, iterations: 10, params: { 'target-throughput': 150, schedule: 'poisson' } })
  ]
}

for (const [kind, schedule] of Object.entries(SCHEDULES)) {
  test(`tasks ${kind}: two and four workers of a node send what one sends, request by request`, async () => {
    const one = await send(schedule, 1)
    assert.ok(one.clients.length >= 4)
    for (const workers of [2, 4]) {
      const several = await send(schedule, workers)
      assert.deepEqual(several.clients, one.clients)
      assert.deepEqual(counts(several.run), counts(one.run))
    }
  })
}

function counts({ measurements }: ScheduleRun): unknown {
  return measurements.map(({ task, clients, account, unit, normalWork }) => ({ task, clients, account, unit, normalWork }))
}

test('tasks bounded by time: each client of two and four workers sends the beginning of the same endless row of requests', async () => {
  const schedule = [buildTask(bulk({ ...CONFLICTS, looped: true }, 'endless'), { clients: 4, timePeriod: 1 })]
  const one = await send(schedule, 1)
  assert.equal(new Set(one.clients.map(([first]) => first)).size, 4)
  for (const workers of [2, 4]) {
    const several = await send(schedule, workers)
    assert.equal(several.clients.length, 4)
    for (const requests of several.clients) {
      const same = one.clients.find(([first]) => first === requests[0])
      assert.ok(same !== undefined, `no client of one worker begins with ${requests[0]}`)
      const length = Math.min(same.length, requests.length)
      assert.ok(length > 1, `only ${length} requests to compare`)
      assert.deepEqual(requests.slice(0, length), same.slice(0, length))
    }
  }
})
