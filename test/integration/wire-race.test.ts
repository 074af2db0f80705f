// Races whose nodes are spoken to over real connections, good ones and bad ones.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildOperation, buildTask, buildTrack } from '../helpers/build-track.ts'
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
