// Nodes that fall silent, break off, come back or do not: several in this process, over connections that can be cut.

import assert from 'node:assert/strict'
import { describe, test, type TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import type { RaceProgress } from '../../src/coordinator/race-request.ts'
import { RallyError } from '../../src/core/errors.ts'
import { buildOperation, buildTask, buildTrack } from '../helpers/build-track.ts'
import { runSchedule, type ScheduleRun } from '../helpers/run-schedule.ts'
import { ShakyNode } from '../helpers/shaky-node.ts'
import { OK, startStubTarget, type Answer, type StubTarget } from '../helpers/stub-target.ts'
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

/** Until so many more of these have been sent over the node's connections, whether they arrived or not. */
async function saidAgain(node: ShakyNode, what: string, times: number): Promise<void> {
  const count = (): number => node.said.filter((message) => message.t === what).length
  const before = count()
  await until(() => count() >= before + times, `node ${node.name}: no ${what}`)
}

/** A target that may be told to keep its answers for a while. */
class HeldAnswers {
  #kept: (() => void)[] | null = null

  readonly answer: Answer = (request, response) => {
    if (this.#kept === null) OK(request, response)
    else this.#kept.push(() => OK(request, response))
  }

  hold(): void {
    this.#kept = []
  }

  release(): void {
    const kept = this.#kept ?? []
    this.#kept = null
    for (const answer of kept) answer()
  }
}

async function stub(t: { after(end: () => Promise<void>): void }, answer = OK): Promise<StubTarget> {
  const target = await startStubTarget(answer)
  t.after(() => target.close())
  return target
}

// Most of their time they wait.
describe('nodes that are lost or nearly so', { concurrency: 3 }, () => {
  test('a connection that breaks or falls silent for two seconds is replaced, and nothing is missing', replaced)
  test('a node that falls silent is shown after three seconds, lost after ten, and ends the race as invalid', silent)
  test('with --on-node-loss=continue the others go on to the end, and the lost node’s requests in flight are unknown', goesOn)
  test('a node that hears nothing stops by itself, says so when it is reached again, and tells what it measured', deadMan)
  test('a session that nobody asks for any more is given up, and its node is free', orphan)
  test('a cancel reaches every node: the last request leaves within a second', cancelsAll)
})

async function replaced(t: TestContext): Promise<void> {
  // However busy this machine is, the load does not end before the connections have been replaced.
  const held = new HeldAnswers()
  const target = await stub(t, held.answer)
  // How long a node waits for its coordinator is another test's matter.
  const nodes = [new ShakyNode('a'), new ShakyNode('b', { patience: { leaseMs: 60_000, orphanMs: 120_000 } })]
  const [a, b] = nodes as [ShakyNode, ShakyNode]
  const load = buildTask(search, { clients: 2, iterations: 60, params: { 'target-throughput': 40 } })
  const track = buildTrack([load, buildTask(search, { name: 'after', clients: 2, iterations: 3 })])
  const running = runSchedule({ track, target, nodes: nodes.map((node) => node.connect()) })
  await until(() => target.requests.length > 10, 'no load')
  held.hold()
  a.hangUp()
  b.fallSilent()
  await until(() => a.connections > 1 && b.connections > 1, 'no other connection')
  held.release()
  const run = await running
  assert.deepEqual([run.result.phase, run.result.error], ['done', null])
  assert.deepEqual(run.measurements.map((one) => one.account.normal.ok), [120, 6])
  balanced(run)
}

async function silent(t: TestContext): Promise<void> {
  const target = await stub(t)
  const nodes = [new ShakyNode('a'), new ShakyNode('b')]
  const b = nodes[1]!
  const troubles: string[] = []
  const observer = { progress: (progress: RaceProgress) => void troubles.push(...progress.troubles) }
  const running = runSchedule({ track: steady(3600), target, nodes: nodes.map((node) => node.connect()), observer })
  await saidAgain(b, 'snapshot', 1)
  b.isCut = true
  const run = await running
  assert.equal(run.result.phase, 'failed')
  assert.match(String(run.result.error), /node b has been silent for 1\d s in step 1 of 2/)
  assert.ok(run.result.error instanceof RallyError && run.result.error.kind === 'invalid')
  assert.match(troubles[0] ?? '', /node b has been silent for 3 s/)
  assert.ok(run.warnings.some((line) => /node b did not tell all/.test(line)))
  balanced(run)
  // It was told nothing, but has stopped by itself: the requests end.
  await until(() => b.session.status.phase === 'over', 'b goes on')
  const seen = target.requests.length
  await wait(500)
  assert.equal(target.requests.length, seen)
  await b.session.end('the test is over')
}

async function goesOn(t: TestContext): Promise<void> {
  let hangs = false
  const target = await startStubTarget((_seen, response) => {
    if (!hangs) response.end('{}')
  })
  t.after(() => target.close())
  const nodes = [new ShakyNode('a'), new ShakyNode('b')]
  const b = nodes[1]!
  const running = runSchedule({ track: steady(4), target, nodes: nodes.map((node) => node.connect()), onNodeLoss: 'continue', timeoutMs: 1000 })
  await until(() => target.requests.length > 10, 'no load')
  hangs = true
  // Each of the two clients has a request in flight when the snapshot is made.
  await saidAgain(b, 'snapshot', 2)
  b.isNew = true
  b.hangUp()
  await until(() => b.session.status.phase !== 'running' || b.connections === 1, 'attached')
  hangs = false
  const run = await running
  assert.deepEqual([run.result.phase, run.result.error], ['done', null])
  assert.ok(run.warnings.some((line) => /node b knows nothing of this race any more.*goes on without it/.test(line)), run.warnings.join('\n'))
  assert.match(run.result.nodes[1]!.lost!.why, /started anew/)
  balanced(run)
  assert.ok(run.measurements[0]!.account.normal.unknown >= 1)
  // The task after it is a's alone.
  assert.equal(run.measurements[1]!.account.normal.started, 3)
  await b.session.end('the test is over')
}

async function deadMan(t: TestContext): Promise<void> {
  const target = await stub(t)
  const nodes = [new ShakyNode('a'), new ShakyNode('b', { patience: { leaseMs: 1500, orphanMs: 60_000 } })]
  const b = nodes[1]!
  const running = runSchedule({ track: steady(3600), target, nodes: nodes.map((node) => node.connect()) })
  await until(() => target.requests.length > 10, 'no load')
  b.isCut = true
  await until(() => b.session.status.phase === 'over', 'the lease does not run out')
  b.isCut = false
  const run = await running
  assert.equal(run.result.phase, 'failed')
  assert.match(String(run.result.error), /node b stopped: it heard nothing from the coordinator for 1.5 s in step 1 of 2/)
  balanced(run)
  const { started, ok, cancelled, unknown } = run.measurements[0]!.account.normal
  assert.equal(unknown, 0)
  // What was about to leave when the lease ran out, or was aborted on its way, is cancelled; the target may never have seen it.
  const seen = target.requests.length
  assert.ok(seen <= started && seen >= started - cancelled, `${seen} requests came, ${started} were started, ${cancelled} cancelled`)
  assert.ok(ok <= seen)
}

async function orphan(t: TestContext): Promise<void> {
  const target = await stub(t)
  const node = new ShakyNode('a', { patience: { leaseMs: 500, orphanMs: 2000 } })
  const connected = node.connect()
  const running = runSchedule({ track: steady(3600), target, nodes: [connected] })
  await until(() => target.requests.length > 3, 'no load')
  node.isCut = true
  await node.session.closed
  assert.equal(node.session.status.phase, 'over')
  const { result } = await running
  assert.equal(result.phase, 'failed')
}

async function cancelsAll(t: TestContext): Promise<void> {
  const target = await stub(t)
  const nodes = Array.from({ length: 4 }, (_, index) => new ShakyNode(`n${index}`, { delayMs: 20 }))
  const cancel = new AbortController()
  const track = buildTrack([buildTask(search, { clients: 8, timePeriod: 3600, params: { 'target-throughput': 80 } })])
  const running = runSchedule({ track, target, nodes: nodes.map((node) => node.connect()), signal: cancel.signal })
  await until(() => target.requests.length > 40, 'no load')
  const atMs = performance.now()
  cancel.abort()
  let lastMs = 0
  let seen = target.requests.length
  const watching = setInterval(() => {
    if (target.requests.length > seen) lastMs = performance.now()
    seen = target.requests.length
  }, 5)
  const run = await running
  clearInterval(watching)
  assert.equal(run.result.phase, 'cancelled')
  balanced(run)
  const { started, cancelled } = run.measurements[0]!.account.normal
  const came = target.requests.length
  assert.ok(came <= started && came >= started - cancelled, `${came} requests came, ${started} were started, ${cancelled} cancelled`)
  // Of the longest wait that is allowed, on a machine that is busy with other tests.
  assert.ok(lastMs - atMs < 1000, `${lastMs - atMs} ms`)
}
