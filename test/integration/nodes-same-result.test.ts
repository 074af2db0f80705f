// DESIGN §5.1: the union of what several nodes send is, request by request and in each client's order, what one machine sends.

import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import type { JsonObject } from '../../src/core/json.ts'
import type { ScheduleElement, Track } from '../../src/track/track.ts'
import { buildCorpus, buildOperation, buildTask, buildTrack } from '../helpers/build-track.ts'
import { runSchedule, type ScheduleRun } from '../helpers/run-schedule.ts'
import { ShakyNode } from '../helpers/shaky-node.ts'
import { startStubTarget } from '../helpers/stub-target.ts'

const DOCUMENTS = 211
const folder = mkdtempSync(join(tmpdir(), 'rally-nodes-'))
after(() => rmSync(folder, { recursive: true }))
mkdirSync(join(folder, 'c'))
writeFileSync(join(folder, 'c', 'documents.json'), Array.from({ length: DOCUMENTS }, (_, n) => `{"n":${n}}\n`).join(''))

const search = buildOperation('raw-request', { path: '/_search' }, 'search')
const bulk = (params: JsonObject, name: string) => buildOperation('bulk', { 'bulk-size': 7, ...params }, name)
const corpora = [buildCorpus('c', { documentFile: 'documents.json', numberOfDocuments: DOCUMENTS, targetIndex: 'i' })]

interface Sent {
  readonly run: ScheduleRun
  /** What each client sent, in its order; the clients in no order. */
  readonly clients: readonly string[]
}

async function send(schedule: readonly ScheduleElement[], nodes: number, seed = 'the same'): Promise<Sent> {
  const target = await startStubTarget((seen, response) => response.end(seen.path.includes('_bulk') ? '{"took":1,"errors":false,"items":[]}' : '{"took":1}'))
  try {
    const track: Track = buildTrack(schedule, { corpora })
    const several = (): ShakyNode[] => Array.from({ length: nodes }, (_, index) => new ShakyNode(`node${index}`, { dataCacheDir: folder }))
    const parts = nodes === 1 ? { workers: 4 } : { nodes: several().map((node) => node.connect()) }
    const run = await runSchedule({ track, target, seed, dataCacheDir: folder, ...parts })
    assert.deepEqual([run.result.phase, run.result.error], ['done', null])
    // A client has a connection of its own.
    const byClient = new Map<number, string[]>()
    for (const { connection, method, path, body } of target.requests) byClient.set(connection, [...(byClient.get(connection) ?? []), `${method} ${path}\n${body}`])
    return { run, clients: [...byClient.values()].map((requests) => requests.join('\n')).sort() }
  } finally {
    await target.close()
  }
}

const parallel = (...tasks: readonly ReturnType<typeof buildTask>[]): ScheduleElement => ({ kind: 'parallel', tasks, clients: null })

const SCHEDULES: Readonly<Record<string, readonly ScheduleElement[]>> = {
  'bounded by iterations': [
    parallel(
      buildTask(search, { clients: 3, warmupIterations: 2, iterations: 9 }),
      buildTask(buildOperation('raw-request', { path: '/other' }, 'other'), { clients: 2, iterations: 5 })
    )
  ],
  'bounded by their corpus': [
    buildTask(bulk({}, 'plain'), { clients: 5 }),
    buildTask(bulk({ conflicts: 'random', 'conflict-probability': 60, 'on-conflict': 'update' }, 'conflicting'), { clients: 4 })
  ],
  // Due every half second: what is sent late on a busy machine still falls before the ends of warm-up and task.
  'bounded by their schedule': [
    buildTask(search, { clients: 4, warmupTimePeriod: 1.4, timePeriod: 1.5, params: { 'target-throughput': 2 } }),
    buildTask(search, { name: 'random', clients: 5, iterations: 12, params: { 'target-throughput': 100, schedule: 'poisson' } })
  ]
}

for (const [kind, schedule] of Object.entries(SCHEDULES)) {
  test(`tasks ${kind}: four nodes with a worker each send what one node with four workers sends`, async () => {
    const one = await send(schedule, 1)
    const four = await send(schedule, 4)
    assert.ok(one.clients.length >= 4)
    assert.deepEqual(four.clients, one.clients)
    const counts = ({ run }: Sent) =>
      run.measurements.map(({ task, clients, account, unit, normalWork }) => ({ task, clients, account, unit, normalWork }))
    assert.deepEqual(counts(four), counts(one))
    assert.deepEqual(four.run.result.nodes.map((node) => node.workers), [1, 1, 1, 1])
    const requests = four.run.result.nodes.reduce((sum, node) => sum + node.requests, 0)
    assert.equal(requests, one.run.result.nodes[0]!.requests)
  })
}

test('another seed makes other choices: what is compared can differ', async () => {
  const schedule = SCHEDULES['bounded by their corpus']!.slice(1)
  const [one, other] = [await send(schedule, 1), await send(schedule, 1, 'another')]
  assert.notDeepEqual(other.clients, one.clients)
})
