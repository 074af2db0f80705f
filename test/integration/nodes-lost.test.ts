// Nodes that fall silent, break off, come back or do not: several in this process, over connections that can be cut.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildOperation, buildTask, buildTrack } from '../helpers/build-track.ts'
import { runSchedule, type ScheduleRun } from '../helpers/run-schedule.ts'
import { ShakyNode } from '../helpers/shaky-node.ts'
import { startStubTarget, type StubTarget } from '../helpers/stub-target.ts'
import { until } from '../helpers/race-process.ts'

const search = buildOperation('raw-request', { path: '/_search' }, 'search')
/** Two clients at 20 requests a second in all, for so many seconds, and a step after it. */
const steady = (seconds: number) =>
  buildTrack([buildTask(search, { clients: 2, timePeriod: seconds, params: { 'target-throughput': 20 } }), buildTask(search, { name: 'after', clients: 2, iterations: 3 })])

const balanced = ({ measurements }: ScheduleRun): void => {
  for (const { account } of measurements) {
    const { started, ok, failed, timedOut, cancelled, unknown } = account.normal
    assert.equal(started, ok + Object.values(failed).reduce((sum, count) => sum + count, 0) + timedOut + cancelled + unknown)
  }
}

async function stub(t: { after(end: () => Promise<void>): void }): Promise<StubTarget> {
  const target = await startStubTarget()
  t.after(() => target.close())
  return target
}

test('a connection that breaks or falls silent for two seconds is replaced, and nothing is missing', async (t) => {
  const target = await stub(t)
  const nodes = [new ShakyNode('a'), new ShakyNode('b')]
  const [a, b] = nodes as [ShakyNode, ShakyNode]
  const running = runSchedule({ track: steady(6), target, nodes: nodes.map((node) => node.connect()) })
  await until(() => target.requests.length > 10, 'no load')
  a.hangUp()
  b.isCut = true
  await until(() => b.said.filter((message) => message.t === 'ping').length > 5, 'no pings')
  b.isCut = false
  const run = await running
  assert.deepEqual([run.result.phase, run.result.error], ['done', null])
  assert.ok(a.connections > 1 && b.connections > 1)
  assert.deepEqual(run.measurements.map((one) => one.account.normal.ok), [120, 6])
  balanced(run)
})
