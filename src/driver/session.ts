// The load-driver session of one race on this node. Its main thread never generates load: it owns the wire and the snapshots.
//
// | phase      | what                     | next       |
// |------------|--------------------------|------------|
// | idle       | `prepare`                | preparing: corpora, then threads, then connections
// | preparing  | last worker ready        | waiting, `prepared` up
// | waiting    | `start-step`             | running
// | running    | last worker joined       | waiting, `step-joined` up
// | any        | a worker fails or dies   | failed, `failed` up at once; a running step is stopped, and joined as ever
// | failed     | last worker alive joined | failed, `step-joined` up; only `finish` is obeyed now
// | any        | `finish`, closed peer    | closed, `stopped` up

import { randomBytes } from 'node:crypto'
import { systemClock } from '../core/clock.ts'
import { messageOf, RallyError, systemCode, toWire, type WireError } from '../core/errors.ts'
import { unreachable } from '../core/exhaustive.ts'
import type { Peer } from '../protocol/peer.ts'
import type { NodeCommand, NodeEvent, Prepare, TaskResult, WorkerHealth } from '../protocol/messages.ts'
import type { WorkerEvent } from '../protocol/worker-messages.ts'
import type { TargetSecrets } from '../target/target-options.ts'
import { allocate, type Step } from '../allocation/allocation.ts'
import { StealMeter } from './cpu-steal.ts'
import { prepareNode, type NodeSettings } from './prepare-node.ts'
import { SnapshotBook } from './snapshot-book.ts'
import { openWorkerPool, type WorkerPool } from './worker-pool.ts'

/** After a second's end: the workers tell within a few milliseconds, the node within 50. */
const SNAPSHOT_AFTER_MS = 40

export interface SessionOptions {
  readonly node: string
  readonly settings: NodeSettings
  readonly peer: Peer<NodeEvent, NodeCommand>
}

/** Serves one race over the peer; resolves when everything of it is closed. */
export async function serveSession(options: SessionOptions): Promise<void> {
  const session = new Session(options)
  await session.closed
}

class Session {
  readonly closed: Promise<void>
  readonly #node: string
  readonly #epoch = randomBytes(8).toString('hex')
  readonly #settings: NodeSettings
  readonly #peer: Peer<NodeEvent, NodeCommand>
  readonly #abort = new AbortController()
  readonly #steal = new StealMeter()
  #secrets: TargetSecrets | null = null
  #preparing: Promise<void> | null = null
  #pool: WorkerPool | null = null
  readonly #dead = new Set<number>()
  #steps: readonly Step[] = []
  #clients: ReadonlySet<number> = new Set()
  #ready = 0
  readonly #warnings: string[] = []
  #running: RunningStep | null = null
  #seq = 0
  /** It has failed, or was finished. */
  #isOver = false
  #finishing: Promise<void> | null = null
  #close: () => void = () => {}

  constructor(options: SessionOptions) {
    this.#node = options.node
    this.#settings = options.settings
    this.#peer = options.peer
    this.closed = new Promise((resolve) => (this.#close = resolve))
    this.#peer.onClose(() => void this.#guard(() => this.#finish('the coordinator has gone')))
    this.#peer.onMessage((command) => void this.#guard(() => this.#obey(command)))
  }

  async #obey(command: NodeCommand): Promise<void> {
    if (this.#isOver && command.t !== 'finish') return this.#refuse(command)
    switch (command.t) {
      case 'secrets':
        this.#secrets = command.target
        return
      case 'prepare':
        this.#preparing = this.#prepare(command)
        return this.#preparing
      case 'start-step':
        return this.#startStep(command.step, command.delayMs)
      case 'complete-task':
        this.#pool?.send({ t: 'complete-task', step: command.step })
        return
      case 'cancel':
        this.#abort.abort(command.reason)
        this.#pool?.send({ t: 'cancel', graceMs: command.graceMs })
        return
      case 'finish':
        return this.#finish('finished')
      case 'ping':
        this.#running?.book.acknowledge(command.ack)
        this.#peer.send({ t: 'pong', node: this.#node, seq: command.seq })
        return
      default:
        unreachable(command)
    }
  }

  /** A coordinator that does not know yet that this node has failed must not wait for a step that never began. */
  #refuse(command: NodeCommand): void {
    if (command.t === 'start-step') this.#peer.send({ t: 'step-joined', node: this.#node, epoch: this.#epoch, step: command.step, tasks: {} })
    if (command.t === 'ping') this.#peer.send({ t: 'pong', node: this.#node, seq: command.seq })
  }

  async #prepare(prepare: Prepare): Promise<void> {
    const secrets = this.#secrets
    if (secrets === null) throw new RallyError('protocol', `node ${this.#node}: "prepare" came before "secrets"`)
    const prepared = await prepareNode(prepare, {
      settings: this.#settings,
      signal: this.#abort.signal,
      secrets,
      tell: (what) => this.#peer.send({ t: 'preparing', node: this.#node, what }),
      warn: (message) => this.#warnings.push(message)
    })
    if (this.#isOver) return
    this.#steps = allocate(prepared.schedule).steps
    this.#clients = new Set(prepare.clients)
    this.#peer.send({ t: 'preparing', node: this.#node, what: `connecting ${prepare.clients.length} clients` })
    this.#pool = openWorkerPool(prepared.starts, {
      event: (worker, event) => this.#workerTold(worker, event),
      died: (worker, error) => this.#workerDied(worker, error)
    })
    if (prepared.starts.length === 0) this.#tellPrepared()
  }

  #tellPrepared(): void {
    this.#peer.send({ t: 'prepared', node: this.#node, epoch: this.#epoch, workers: this.#ready, warnings: this.#warnings })
  }

  #startStep(index: number, delayMs: number): void {
    const step = this.#steps[index]
    if (step === undefined || this.#pool === null) throw new RallyError('protocol', `node ${this.#node}: no step ${index} is prepared`)
    const startAtMs = systemClock.monotonicMs() + delayMs
    const book = new SnapshotBook(this.#node, this.#epoch, index, this.#seq)
    this.#running = { index, book, joined: new Map(), completing: completingTasks(step, this.#clients), startAtMs, timer: null }
    this.#pool.send({ t: 'start-step', step: index, startAtMs })
    this.#snapshotAt(startAtMs + 1000)
  }

  #snapshotAt(secondEndMs: number): void {
    const running = this.#running
    if (running === null) return
    const delayMs = Math.max(1, secondEndMs + SNAPSHOT_AFTER_MS - systemClock.monotonicMs())
    running.timer = setTimeout(() => {
      this.#sendSnapshot(running)
      const elapsedMs = systemClock.monotonicMs() - SNAPSHOT_AFTER_MS - running.startAtMs
      this.#snapshotAt(running.startAtMs + (Math.floor(elapsedMs / 1000) + 1) * 1000)
    }, delayMs)
  }

  #sendSnapshot(running: RunningStep): void {
    const snapshot = running.book.next()
    this.#seq = running.book.seq
    const steal = this.#steal.take()
    this.#peer.send({ t: 'snapshot', ...snapshot, health: snapshot.health.map((health) => withSteal(health, steal)) })
  }

  #workerTold(worker: number, event: WorkerEvent): void {
    switch (event.t) {
      case 'ready':
        this.#ready++
        if (this.#ready === this.#pool?.size && !this.#isOver) this.#tellPrepared()
        return
      case 'second':
        this.#running?.book.add(event)
        return
      case 'client-ended':
        this.#clientEnded(event.task)
        return
      case 'chunk':
        this.#pool?.send({ t: 'chunk-taken' }, worker)
        return
      case 'step-joined':
        this.#running?.book.add(event.last)
        this.#running?.joined.set(worker, event.tasks)
        this.#joinIfAll()
        return
      case 'warning':
        this.#peer.send({ t: 'warning', node: this.#node, message: event.message })
        return
      case 'failed':
        this.#fail(event.error)
        return
      default:
        unreachable(event)
    }
  }

  /** A task that ends its `parallel` is told of when all of this node's clients of it are done, or the first with `any`. */
  #clientEnded(task: string): void {
    const completing = this.#running?.completing.get(task)
    if (this.#running === null || completing === undefined) return
    completing.ended++
    if (completing.ended === (completing.isAny ? 1 : completing.clients)) {
      this.#peer.send({ t: 'task-ended', node: this.#node, step: this.#running.index, task, clients: completing.ended })
    }
  }

  #workerDied(worker: number, error: unknown): void {
    this.#dead.add(worker)
    this.#fail(toWire(deathOf(worker, error, this.#running !== null)))
    this.#joinIfAll()
  }

  #joinIfAll(): void {
    const running = this.#running
    const pool = this.#pool
    if (running === null || pool === null) return
    const lost = [...this.#dead].filter((worker) => !running.joined.has(worker))
    if (running.joined.size + lost.length < pool.size) return
    if (running.timer !== null) clearTimeout(running.timer)
    this.#sendSnapshot(running)
    this.#running = null
    const merged = running.book.finish([...running.joined.values()], lost)
    this.#peer.send({ t: 'step-joined', node: this.#node, epoch: this.#epoch, step: running.index, tasks: merged })
  }

  #fail(error: WireError): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#pool?.send({ t: 'cancel', graceMs: 0 })
    this.#peer.send({ t: 'failed', node: this.#node, error })
  }

  #finish(reason: string): Promise<void> {
    this.#finishing ??= this.#end(reason)
    return this.#finishing
  }

  async #end(reason: string): Promise<void> {
    this.#isOver = true
    this.#abort.abort(reason)
    clearTimeout(this.#running?.timer ?? undefined)
    this.#running = null
    // What preparing had begun (half a file, a program that decompresses) is put away by whoever began it.
    await this.#preparing?.catch(() => {})
    const pool = this.#pool
    this.#pool = null
    await pool?.close()
    this.#peer.send({ t: 'stopped', node: this.#node, reason })
    this.#close()
  }

  async #guard(act: () => Promise<void> | void): Promise<void> {
    try {
      await act()
    } catch (error) {
      this.#fail(toWire(error))
    }
  }
}

interface RunningStep {
  readonly index: number
  readonly book: SnapshotBook
  /** Results by worker. */
  readonly joined: Map<number, Readonly<Record<string, TaskResult>>>
  readonly completing: ReadonlyMap<string, CompletingTask>
  readonly startAtMs: number
  timer: NodeJS.Timeout | null
}

/** A task whose end ends the `parallel` around it, as far as this node plays it. */
interface CompletingTask {
  readonly isAny: boolean
  readonly clients: number
  /** Clients that are done. */
  ended: number
}

/** Only the node's main thread can tell the steal. */
function withSteal(health: WorkerHealth, steal: number | null): WorkerHealth {
  return { ...health, steal }
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

/** Once a step has begun, figures without this worker's are not the ones that were asked for. */
function deathOf(worker: number, error: unknown, isRunning: boolean): RallyError {
  const why = systemCode(error) === 'ERR_WORKER_OUT_OF_MEMORY' ? 'ran out of memory' : `died: ${messageOf(error)}`
  const hint =
    systemCode(error) === 'ERR_WORKER_OUT_OF_MEMORY'
      ? 'answers that are kept whole, or very many clients, need memory: use smaller pages, fewer clients, or more workers (available.cores)'
      : 'look into the log file'
  return new RallyError(isRunning ? 'invalid' : 'node', `worker ${worker} ${why}`, { hint })
}
