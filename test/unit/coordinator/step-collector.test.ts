import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { StepCollector } from '../../../src/coordinator/step-collector.ts'
import { SnapshotBook } from '../../../src/driver/snapshot-book.ts'
import type { Snapshot } from '../../../src/protocol/messages.ts'
import type { WorkerSecond } from '../../../src/protocol/worker-messages.ts'
import { emptySample } from '../../../src/sample/sample.ts'
import { TaskRecorder } from '../../../src/sample/task-recorder.ts'
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

test('loss, repetition and reordering of snapshots change nothing', () => {
  const work = fc.array(
    fc.record({ worker: fc.constantFrom(0, 1), second: fc.integer({ min: 0, max: 12 }), latencyMs: fc.double({ min: 0, max: 100, noNaN: true }) }),
    { minLength: 1, maxLength: 60 }
  )
  const fate = fc.constantFrom('arrives', 'lost', 'twice', 'late')
  fc.assert(
    fc.property(work, fc.array(fate, { minLength: 40, maxLength: 40 }), fc.integer({ min: 0, max: 5 }), (all, fates, lag) => {
      const collector = new StepCollector(0)
      const book = new SnapshotBook('n', 'e', 0, 0)
      const late: Snapshot[] = []
      for (const [turn, events] of told(all, lag).entries()) {
        for (const event of events) book.add(event)
        const snapshot = JSON.parse(JSON.stringify(book.next())) as Snapshot
        const how = fates[turn % fates.length]
        if (how === 'late') late.push(snapshot)
        if (how === 'arrives' || how === 'twice') collector.addSnapshot(snapshot)
        if (how === 'twice') collector.addSnapshot(snapshot)
        book.acknowledge(collector.ackOf('n'))
      }
      collector.addSnapshot(book.next())
      for (const snapshot of late.toReversed()) collector.addSnapshot(snapshot)
      for (let second = 0; second <= 12; second++) {
        const mine = all.filter((one) => one.second === second)
        const seen = collector.second('t', second)
        assert.equal(seen?.ok ?? 0, mine.length)
        assert.equal(seen?.latency.n ?? 0, mine.length)
      }
      assert.equal(collector.tally('t', 'normal')?.ok, all.length)
    })
  )
})
