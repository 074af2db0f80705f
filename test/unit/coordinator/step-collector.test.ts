import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { StepCollector } from '../../../src/coordinator/step-collector.ts'
import { SnapshotBook } from '../../../src/driver/snapshot-book.ts'
import type { Snapshot } from '../../../src/protocol/messages.ts'
import type { WorkerSecond } from '../../../src/protocol/worker-messages.ts'
import { emptySample } from '../../../src/sample/sample.ts'
import type { Second } from '../../../src/sample/second.ts'
import { TaskRecorder, type Tally } from '../../../src/sample/task-recorder.ts'
import { workerHealth } from '../../helpers/health-samples.ts'

const HEALTH = workerHealth(0)
const PROGRESS = { t: { completed: 0.5, clients: 1, ended: 0, warm: 1 } }

interface Work {
  readonly worker: number
  readonly second: number
  readonly latencyMs: number
}

/** What two workers record, told second by second; a lagging worker tells its seconds late. */
function told(work: readonly Work[], lagSeconds: number): WorkerSecond[][] {
  const recorders = [new TaskRecorder(), new TaskRecorder()]
  const turns: WorkerSecond[][] = []
  const last = Math.max(0, ...work.map((one) => one.second)) + 1 + lagSeconds
  for (let now = 0; now <= last; now++) {
    turns.push([])
    for (const [worker, recorder] of recorders.entries()) {
      const reached = worker === 1 ? now - lagSeconds : now
      for (const one of work.filter((candidate) => candidate.worker === worker && candidate.second === reached - 1)) {
        recorder.sent(one.second * 1000)
        recorder.record({ ...emptySample(0, 0), endOffsetMs: one.second * 1000 + 1, latencyMs: one.latencyMs, weight: 1, isNormal: true })
      }
      if (reached < 0) continue
      const seconds = recorder.closeSeconds(reached * 1000)
      turns[now]!.push({ worker, step: 0, tasks: { t: { normal: { tally: structuredClone(recorder.tally), seconds } } }, progress: PROGRESS, health: HEALTH })
    }
  }
  return turns
}

interface SessionWork {
  readonly work: readonly Work[]
  /** Of its snapshots, in turn. */
  readonly fates: readonly string[]
  readonly lag: number
}

const sessionWork: fc.Arbitrary<SessionWork> = fc.record({
  work: fc.array(
    fc.record({ worker: fc.constantFrom(0, 1), second: fc.integer({ min: 0, max: 12 }), latencyMs: fc.double({ min: 0, max: 100, noNaN: true }) }),
    { maxLength: 40 }
  ),
  fates: fc.array(fc.constantFrom('arrives', 'lost', 'twice', 'late'), { minLength: 20, maxLength: 20 }),
  lag: fc.integer({ min: 0, max: 5 })
})

/** Everything of a session over a bad connection; gives those that are still on their way. */
function play(collector: StepCollector, [node, epoch]: readonly [string, string], { work, fates, lag }: SessionWork): Snapshot[] {
  const book = new SnapshotBook(node, epoch, 0, 0)
  const late: Snapshot[] = []
  for (const [turn, events] of told(work, lag).entries()) {
    for (const event of events) book.add(event)
    const snapshot = JSON.parse(JSON.stringify(book.next())) as Snapshot
    const how = fates[turn % fates.length]
    if (how === 'late') late.push(snapshot)
    if (how === 'arrives' || how === 'twice') collector.addSnapshot(snapshot)
    if (how === 'twice') collector.addSnapshot(snapshot)
    book.acknowledge(collector.ackOf(node, epoch))
  }
  collector.addSnapshot(book.next())
  return late
}

const SESSIONS = [['a', '1'], ['b', '1'], ['c', '1'], ['a', '2']] as const

test('loss, repetition and reordering of the snapshots of several nodes change nothing; a node that started anew adds', () => {
  fc.assert(
    fc.property(fc.array(sessionWork, { minLength: SESSIONS.length, maxLength: SESSIONS.length }), (sessions) => {
      const collector = new StepCollector(0)
      const late = SESSIONS.flatMap((session, index) => play(collector, session, sessions[index]!))
      for (const snapshot of late.toReversed()) collector.addSnapshot(snapshot)
      const all = sessions.flatMap(({ work }) => work)
      for (let second = 0; second <= 12; second++) {
        const mine = all.filter((one) => one.second === second)
        const seen = collector.second('t', second)
        assert.deepEqual([seen?.sent ?? 0, seen?.ok ?? 0, seen?.latency.n ?? 0], [mine.length, mine.length, mine.length])
        assert.equal(seen?.latency.max ?? 0, Math.max(0, ...mine.map((one) => one.latencyMs)))
      }
      assert.equal(collector.tally('t', 'normal')?.ok ?? 0, all.length)
      assert.equal(collector.results()['t']?.types.normal?.tally.started ?? 0, all.length)
      assert.equal(collector.requestsOf('a'), [sessions[0]!, sessions[3]!].flatMap(({ work }) => work).length)
      const whole = collector.results()['t']?.types.normal?.histograms.latency.n ?? 0
      assert.equal(whole, all.length)
    })
  )
})

test('seconds that were let go stay in the result, counted once, whatever is told of them again', () => {
  const collector = new StepCollector(0)
  const tally: Tally = { started: 0, ok: 0, failed: {}, cancelled: 0, work: {}, bytes: 0, retries: 0 }
  const second = (k: number): Second => {
    const recorder = new TaskRecorder()
    recorder.sent(k * 1000)
    recorder.record({ ...emptySample(0, 0), endOffsetMs: k * 1000 + 1, weight: 2, isNormal: true, errorClass: k % 10 === 0 ? 'http-500' : null })
    return recorder.finish().seconds[0]!
  }
  const tell = (node: string, seq: number, seconds: readonly Second[]): void =>
    collector.addSnapshot({ node, epoch: 'e', seq, step: 0, tasks: { t: { normal: { tally, seconds } } }, progress: PROGRESS, health: [], nodeHealth: [] })
  for (let k = 0; k < 200; k++) for (const node of ['a', 'b']) tell(node, k + 1, [second(k)])
  tell('a', 3, [second(2)])
  tell('b', 201, [second(5), second(199)])
  const seconds = collector.results()['t']!.types.normal!.seconds
  assert.deepEqual(seconds.map(({ k }) => k), Array.from({ length: 200 }, (_, k) => k))
  for (const { k, sent, ok, failed, work } of seconds) {
    assert.deepEqual([sent, ok, Object.values(failed).reduce((sum, count) => sum + count, 0), work], k % 10 === 0 ? [2, 0, 2, 4] : [2, 2, 0, 4], String(k))
  }
  assert.deepEqual([collector.newest('t'), collector.second('t', 5)?.sent, collector.second('t', 199)?.latency.n], [199, 2, 2])
})
