// A step while it runs on this node: what its workers tell becomes snapshots once a second, and one result at the join point.

import { systemClock } from '../core/clock.ts'
import type { Step } from '../allocation/allocation.ts'
import { SAMPLE_TYPES } from '../protocol/merge-results.ts'
import type { KeptEvent, Snapshot, TaskResult } from '../protocol/messages.ts'
import type { WorkerEvent, WorkerSecond } from '../protocol/worker-messages.ts'
import type { MachineWatch } from './machine-watch.ts'
import { SnapshotBook } from './snapshot-book.ts'

/** After a second's end: the workers tell within a few milliseconds, the node within 50. */
const SNAPSHOT_AFTER_MS = 40

export interface StepParts {
  readonly node: string
  readonly epoch: string
  readonly step: Step
  /** Of this node. */
  readonly clients: ReadonlySet<number>
  readonly workers: number
  readonly machine: MachineWatch
  readonly startAtMs: number
  /** Of the last snapshot of the session. */
  readonly seq: number
  readonly tell: (event: KeptEvent) => void
  readonly show: (event: { readonly t: 'snapshot' } & Snapshot) => void
}

/** A task whose end ends the `parallel` around it, as far as this node plays it. */
interface CompletingTask {
  readonly isAny: boolean
  readonly clients: number
  /** Clients that are done. */
  ended: number
}

export class RunningStep {
  readonly index: number
  readonly #parts: StepParts
  readonly #book: SnapshotBook
  /** Results by worker. */
  readonly #joined = new Map<number, Readonly<Record<string, TaskResult>>>()
  /** Samples by worker: those that came here, and those that are in its figures. */
  readonly #samples = new Map<number, number>()
  readonly #counted = new Map<number, number>()
  readonly #completing: ReadonlyMap<string, CompletingTask>
  #timer: NodeJS.Timeout | null = null

  constructor(parts: StepParts) {
    const { node, epoch, step, seq, clients, startAtMs } = parts
    this.index = step.index
    this.#parts = parts
    this.#book = new SnapshotBook(node, epoch, step.index, seq)
    this.#completing = completingTasks(step, clients)
    parts.machine.begin()
    this.#snapshotAt(startAtMs + 1000)
  }

  /** Of the last snapshot. */
  get seq(): number {
    return this.#book.seq
  }

  snapshotsSeen(seq: number): void {
    this.#book.acknowledge(seq)
  }

  second(second: WorkerSecond): void {
    this.#book.add(second)
    this.#counted.set(second.worker, samplesIn(second))
  }

  /** So many samples of a worker are on their way to the disk. */
  measured(worker: number, samples: number): void {
    this.#samples.set(worker, (this.#samples.get(worker) ?? 0) + samples)
  }

  /** What becomes of a worker's part that has died, in words. */
  lost(worker: number): string {
    const samples = this.#samples.get(worker) ?? 0
    const uncounted = Math.max(0, samples - (this.#counted.get(worker) ?? 0))
    const late = uncounted === 0 ? '' : `, but the last ${uncounted}, since it last told its figures, are in none of them`
    return `worker ${worker} was lost in step ${this.index + 1}: its ${samples} samples are kept${late}; what it had in flight is unknown`
  }

  /** A task that ends its `parallel` is told of when all of this node's clients of it are done, or the first with `any`. */
  clientEnded(task: string): void {
    const completing = this.#completing.get(task)
    if (completing === undefined) return
    completing.ended++
    if (completing.ended !== (completing.isAny ? 1 : completing.clients)) return
    const { node, tell } = this.#parts
    tell({ t: 'task-ended', node, step: this.index, task, clients: completing.ended })
  }

  workerJoined(worker: number, { last, tasks }: Extract<WorkerEvent, { t: 'step-joined' }>): void {
    this.#book.add(last)
    this.#joined.set(worker, tasks)
  }

  /** Tells the whole if there is nobody left to wait for; `dead` workers told all they ever will. Whether it did. */
  joinIfAll(dead: ReadonlySet<number>): boolean {
    const { node, epoch, workers, tell } = this.#parts
    const lost = [...dead].filter((worker) => !this.#joined.has(worker))
    if (this.#joined.size + lost.length < workers) return false
    this.close()
    this.#showSnapshot()
    tell({ t: 'step-joined', node, epoch, step: this.index, tasks: this.#book.finish([...this.#joined.values()], lost) })
    return true
  }

  close(): void {
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
  }

  #snapshotAt(secondEndMs: number): void {
    const delayMs = Math.max(1, secondEndMs + SNAPSHOT_AFTER_MS - systemClock.monotonicMs())
    this.#timer = setTimeout(() => {
      this.#showSnapshot()
      const { startAtMs } = this.#parts
      const elapsedMs = systemClock.monotonicMs() - SNAPSHOT_AFTER_MS - startAtMs
      this.#snapshotAt(startAtMs + (Math.floor(elapsedMs / 1000) + 1) * 1000)
    }, delayMs)
  }

  #showSnapshot(): void {
    const { machine, startAtMs, show } = this.#parts
    this.#book.addNode(machine.take(startAtMs))
    show({ t: 'snapshot', ...this.#book.next() })
  }
}

function samplesIn({ tasks }: WorkerSecond): number {
  const tallies = Object.values(tasks).flatMap((types) => SAMPLE_TYPES.flatMap((type) => types[type]?.tally ?? []))
  return tallies.reduce((sum, { ok, failed }) => sum + ok + Object.values(failed).reduce((all, count) => all + count, 0), 0)
}

function completingTasks(step: Step, clients: ReadonlySet<number>): Map<string, CompletingTask> {
  const tasks = new Map<string, CompletingTask>()
  for (const client of clients) {
    for (const { task } of step.clients[client] ?? []) {
      if (!task.completesParent && !task.anyCompletesParent) continue
      const before = tasks.get(task.name)
      tasks.set(task.name, { isAny: task.anyCompletesParent, clients: (before?.clients ?? 0) + 1, ended: 0 })
    }
  }
  return tasks
}
