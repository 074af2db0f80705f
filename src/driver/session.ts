// The load-driver session of one race on this node. Its main thread never generates load: it owns the wire and the snapshots.
//
// | phase      | what                     | next       |
// |------------|--------------------------|------------|
// | idle       | `prepare`                | preparing: corpora, then threads, then connections
// | preparing  | last worker ready        | waiting, `prepared` up
// | waiting    | `start-step`             | running
// | running    | last worker joined       | waiting, `step-joined` up
// | any        | `finish`, closed peer    | closed, `stopped` up
// | any        | a worker fails or dies   | failed, `failed` up; only `finish` is obeyed then

import { randomBytes } from 'node:crypto'
import { systemClock } from '../core/clock.ts'
import { RallyError, toWire, type WireError } from '../core/errors.ts'
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
  #pool: WorkerPool | null = null
  #steps: readonly Step[] = []
  #clients: ReadonlySet<number> = new Set()
  #ready = 0
  readonly #warnings: string[] = []
  #running: RunningStep | null = null
  #seq = 0
  #isOver = false
  #close: () => void = () => {}

  constructor(options: SessionOptions) {
    this.#node = options.node
    this.#settings = options.settings
    this.#peer = options.peer
    this.closed = new Promise((resolve) => (this.#close = resolve))
    this.#peer.onClose(() => void this.#finish('the coordinator has gone'))
    this.#peer.onMessage((command) => void this.#guard(() => this.#obey(command)))
  }

  async #obey(command: NodeCommand): Promise<void> {
    if (this.#isOver && command.t !== 'finish') return
    switch (command.t) {
      case 'secrets':
        this.#secrets = command.target
        return
      case 'prepare':
        return this.#prepare(command)
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
    this.#steps = allocate(prepared.schedule).steps
    this.#clients = new Set(prepare.clients)
    this.#peer.send({ t: 'preparing', node: this.#node, what: `connecting ${prepare.clients.length} clients` })
    this.#pool = openWorkerPool(prepared.starts, {
      event: (worker, event) => this.#workerTold(worker, event),
      died: (worker, error) => this.#fail(toWire(deathOf(worker, error)))
    })
  }

  #startStep(index: number, delayMs: number): void {
    const step = this.#steps[index]
    if (step === undefined || this.#pool === null) throw new RallyError('protocol', `node ${this.#node}: no step ${index} is prepared`)
    const startAtMs = systemClock.monotonicMs() + delayMs
    const book = new SnapshotBook(this.#node, this.#epoch, index, this.#seq)
    this.#running = { index, step, book, results: [], ended: new Map(), startAtMs, timer: null }
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
        if (this.#ready === this.#pool!.size) {
          this.#peer.send({ t: 'prepared', node: this.#node, epoch: this.#epoch, workers: this.#ready, warnings: this.#warnings })
        }
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
        this.#workerJoined(event.tasks)
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
    const running = this.#running
    if (running === null) return
    const ended = (running.ended.get(task) ?? 0) + 1
    running.ended.set(task, ended)
    const mine = partsOf(running.step, this.#clients, task)
    const first = mine[0]
    if (first === undefined) return
    const isAny = first.task.anyCompletesParent
    if (!isAny && !first.task.completesParent) return
    if (isAny ? ended === 1 : ended === mine.length) {
      this.#peer.send({ t: 'task-ended', node: this.#node, step: running.index, task, clients: ended })
    }
  }

  #workerJoined(tasks: Readonly<Record<string, TaskResult>>): void {
    const running = this.#running
    if (running === null) return
    running.results.push(tasks)
    if (running.results.length < this.#pool!.size) return
    if (running.timer !== null) clearTimeout(running.timer)
    this.#sendSnapshot(running)
    this.#running = null
    const merged = running.book.finish(running.results)
    this.#peer.send({ t: 'step-joined', node: this.#node, epoch: this.#epoch, step: running.index, tasks: merged })
  }

  #fail(error: WireError): void {
    if (this.#isOver) return
    this.#isOver = true
    clearTimeout(this.#running?.timer ?? undefined)
    this.#pool?.send({ t: 'cancel', graceMs: 0 })
    this.#peer.send({ t: 'failed', node: this.#node, error })
  }

  async #finish(reason: string): Promise<void> {
    this.#isOver = true
    this.#abort.abort(reason)
    clearTimeout(this.#running?.timer ?? undefined)
    this.#running = null
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
  readonly step: Step
  readonly book: SnapshotBook
  readonly results: Readonly<Record<string, TaskResult>>[]
  /** Clients that are done, by task. */
  readonly ended: Map<string, number>
  readonly startAtMs: number
  timer: NodeJS.Timeout | null
}

/** Only the node's main thread can tell the steal. */
function withSteal(health: WorkerHealth, steal: number | null): WorkerHealth {
  return { ...health, steal }
}

function partsOf(step: Step, clients: ReadonlySet<number>, task: string) {
  return [...clients].flatMap((client) => (step.clients[client] ?? []).filter((part) => part.task.name === task))
}

function deathOf(worker: number, error: unknown): unknown {
  if (error instanceof RallyError) return error
  const code = (error as { code?: string } | null)?.code
  const why = code === 'ERR_WORKER_OUT_OF_MEMORY' ? 'ran out of memory' : 'died'
  return new RallyError('node', `worker ${worker} ${why}`, { cause: error, hint: 'look into the log file; fewer clients per worker need less memory' })
}
