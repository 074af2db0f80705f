// Races whose nodes are spoken to over real connections, good ones and bad ones.

import assert from 'node:assert/strict'
import { describe, test } from 'node:test'
import { buildOperation, buildTask, buildTrack } from '../helpers/build-track.ts'
import { until } from '../helpers/race-process.ts'
import { runSchedule, type ScheduleRun } from '../helpers/run-schedule.ts'
import { startStubTarget, type StubTarget } from '../helpers/stub-target.ts'
import { WiredNode } from '../helpers/wired-node.ts'

const search = buildOperation('raw-request', { path: '/_search' }, 'search')
const track = buildTrack([
  buildTask(search, { clients: 4, warmupIterations: 4, iterations: 60, params: { 'target-throughput': 80 } }),
  buildTask(search, { name: 'after', clients: 3, iterations: 5 })
])
const COUNTS = [240, 15]

interface Ending {
  after(end: () => Promise<void>): void
}

async function stub(t: Ending): Promise<StubTarget> {
  const target = await startStubTarget()
  t.after(() => target.close())
  return target
}

async function nodes(t: Ending, over: 'tls' | 'lines'): Promise<WiredNode[]> {
  const opened = await Promise.all(['a', 'b'].map((name) => WiredNode.open(name, { over })))
  t.after(async () => void (await Promise.all(opened.map((node) => node.close()))))
  return opened
}

function isWhole({ result, measurements }: ScheduleRun): void {
  assert.deepEqual([result.phase, result.error], ['done', null])
  const ok = measurements.map((one) => one.account.normal.ok)
  const bySecond = measurements.map((one) => one.seconds.reduce((sum, second) => sum + second.sent, 0))
  assert.deepEqual(ok, COUNTS)
  assert.deepEqual(
    measurements.map((one) => one.normal.latency.count),
    COUNTS
  )
  assert.ok(bySecond.every((sent, at) => sent >= COUNTS[at]!))
}

test('all that a race says passes the border of the wire, and the result is that of one machine', async (t) => {
  const target = await stub(t)
  const wired = await nodes(t, 'tls')
  const run = await runSchedule({ track, target, nodes: await Promise.all(wired.map((node) => node.connect())) })
  isWhole(run)
  assert.equal(target.requests.length, 256 + 15)
  for (const node of wired) assert.deepEqual([node.connections, node.problems], [1, []])
})

// Lines that are lost, repeated and out of order come from no network, but from a proxy that means harm, or from a bug on the other
// side. A connection on which a numbered message is missing is hung up on, and what it lacked comes over the next one.
// Most of their time they wait.
describe('a proxy that means harm', { concurrency: 3 }, () => {
  for (const [words, settings] of [
    ['repeated', { duplicateLines: 0.9 }],
    ['out of order', { reorderLines: 0.5, holdMs: 300 }],
    ['lost', { dropLines: 0.15 }],
    ['lost, repeated, late and out of order', { dropLines: 0.1, duplicateLines: 0.3, reorderLines: 0.3, delayMs: 30, jitterMs: 200 }]
  ] as const) {
    test(`lines that are ${words} leave the figures as they are`, async (t) => {
      const target = await stub(t)
      const wired = await nodes(t, 'lines')
      const connected = await Promise.all(wired.map((node) => node.connect()))
      for (const [seed, node] of wired.entries()) node.proxy.set({ ...settings, seed })
      const run = await runSchedule({ track, target, nodes: connected })
      isWhole(run)
      assert.equal(target.requests.length, 256 + 15)
    })
  }

  test('connections that are cut again and again, in the middle of lines, leave the figures as they are', async (t) => {
    const target = await stub(t)
    const wired = await nodes(t, 'lines')
    const connected = await Promise.all(wired.map((node) => node.connect()))
    for (const node of wired) node.proxy.set({ dropAfterBytes: 4001 })
    const running = runSchedule({ track, target, nodes: connected })
    // What a node measured in a step is longer than that: it would never arrive.
    for (const node of wired) void until(() => node.connections > 2, 'not cut').then(() => node.proxy.set({ dropAfterBytes: 0 }))
    const run = await running
    isWhole(run)
    assert.ok(
      wired.every((node) => node.connections > 2),
      wired.map((node) => node.connections).join()
    )
    for (const node of wired) for (const reason of node.closes) assert.match(reason, /reset|closed/)
  })
})
