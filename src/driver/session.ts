// The load-driver session of one race on this node. Its main thread never generates load: it owns the wire and the snapshots.
//
// | phase      | what                          | next       |
// |------------|-------------------------------|------------|
// | idle       | `prepare`                     | preparing: corpora, then threads, then connections
// | preparing  | last worker ready             | waiting, `prepared` up
// | waiting    | `start-step`                  | running
// | running    | last worker joined            | waiting, `step-joined` up
// | any        | a worker fails or dies        | over, `failed` up at once; a running step is stopped, and joined as ever
// | running    | no word from the coordinator  | over, `stopped` up at once; the step is stopped, and joined as ever
// | over       | last worker alive joined      | over, `step-joined` up; only `finish` is obeyed now
// | any        | `finish`, or no owner any more| closed, `stopped` up

import { randomBytes } from 'node:crypto'
import { systemClock } from '../core/clock.ts'
import { RallyError, toWire, type WireError } from '../core/errors.ts'
import { unreachable } from '../core/exhaustive.ts'
import type { Peer } from '../protocol/peer.ts'
import type { KeptCommand, KeptEvent, NodeCommand, NodeEvent, Prepare } from '../protocol/messages.ts'
import type { FilesAnswer, FilesRequest } from '../protocol/transfer-messages.ts'
import type { TargetSecrets } from '../target/target-options.ts'
import { allocate, type Step } from '../allocation/allocation.ts'
import { PieceFetcher } from '../files/fetch-pieces.ts'
import { ChunkRelay } from './chunk-relay.ts'
import { Owner, PATIENCE, type Patience } from './owner.ts'
import type { ToldEvent } from './last-columns.ts'
import { MachineWatch } from './machine-watch.ts'
import { prepareNode, type NodeSettings } from './prepare-node.ts'
import { RunningStep } from './running-step.ts'
import { deathOf } from './worker-death.ts'
import { openWorkerPool, type WorkerPool } from './worker-pool.ts'
import { WorkerWatch } from './worker-watch.ts'

export interface SessionOptions {
  readonly node: string
  readonly settings: NodeSettings
  /** In the coordinator's own process. */
  readonly isLocal: boolean
  /** How long it waits for a coordinator that is silent; default: 5 s and 60 s. */
  readonly patience?: Patience
}

/** Where a session stands, for `rally status`; steps count from 0. */
export interface SessionStatus {
  readonly phase: 'preparing' | 'waiting' | 'running' | 'over'
  readonly race: string | null
  readonly step: number | null
  readonly steps: number
}

export interface NodeSession {
  /** Of this session: a node that starts anew has another. */
  readonly epoch: string
  readonly status: SessionStatus
  /** Resolves when everything of it is closed. */
  readonly closed: Promise<void>
  /** Serves the race over this connection from now on. Its coordinator has all events up to `seq` (0: none); it is told the rest. */
  attach(peer: Peer<NodeEvent, NodeCommand>, seq: number): void
  /** Asks for files over this connection from now on. */
  attachFiles(peer: Peer<FilesRequest, FilesAnswer>): void
  /** Ends it, whatever it does; the coordinator is told why. */
  end(reason: string): Promise<void>
}

/** Opens a session for one race; the first connection is attached next. */
export function openSession(options: SessionOptions): NodeSession {
  return new Session(options)
}

class Session implements NodeSession {
  readonly closed: Promise<void>
  readonly epoch = randomBytes(8).toString('hex')
  readonly #options: SessionOptions
  readonly #node: string
  readonly #owner: Owner
  readonly #abort = new AbortController()
  readonly #fetcher = new PieceFetcher()
  #secrets: TargetSecrets | null = null
  #race: string | null = null
  #preparing: Promise<void> | null = null
  #pool: WorkerPool | null = null
  #machine: MachineWatch | null = null
  #watch: WorkerWatch | null = null
  #relay: ChunkRelay | null = null
  #joining: Promise<void> = Promise.resolve()
  readonly #dead = new Set<number>()
  #steps: readonly Step[] = []
  #clients: ReadonlySet<number> = new Set()
  #ready = 0
  #isPrepared = false
  readonly #warnings: string[] = []
  #running: RunningStep | null = null
  #lastStep: number | null = null
  #seq = 0
  /** It has failed, was stopped or finished. */
  #isOver = false
  #ending: Promise<void> | null = null
  #close: () => void = () => {}

  constructor(options: SessionOptions) {
    this.#options = options
    this.#node = options.node
    this.closed = new Promise((resolve) => (this.#close = resolve))
    const listener = {
      obey: (command: KeptCommand) => void this.#guard(() => this.#obey(command)),
      snapshotsSeen: (seq: number) => this.#running?.snapshotsSeen(seq),
      ranOut: () => this.#ranOut(),
      detached: () => this.#detached(),
      gone: (reason: string) => void this.end(reason)
    }
    this.#owner = new Owner({ node: options.node, listener, isLocal: options.isLocal, patience: options.patience ?? PATIENCE })
  }

  get status(): SessionStatus {
    const phase = this.#isOver ? 'over' : this.#running !== null ? 'running' : this.#isPrepared ? 'waiting' : 'preparing'
    return { phase, race: this.#race, step: this.#lastStep, steps: this.#steps.length }
  }

  attach(peer: Peer<NodeEvent, NodeCommand>, seq: number): void {
    this.#owner.attach(peer, seq)
  }

  attachFiles(peer: Peer<FilesRequest, FilesAnswer>): void {
    this.#fetcher.attach(peer)
  }

  end(reason: string): Promise<void> {
    this.#ending ??= this.#end(reason)
    return this.#ending
  }

  async #obey(command: KeptCommand): Promise<void> {
    if (this.#isOver && command.t !== 'finish') return this.#refuse(command)
    switch (command.t) {
      case 'secrets':
        this.#secrets = command.target
        return
      case 'prepare':
        this.#race = command.race
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
        return this.end('finished')
      default:
        unreachable(command)
    }
  }

  /** A coordinator that does not know yet that this node is over must not wait for a step that never began. */
  #refuse(command: KeptCommand): void {
    if (command.t !== 'start-step') return
    this.#owner.tell({ t: 'step-joined', node: this.#node, epoch: this.epoch, step: command.step, tasks: {} })
  }

  async #prepare(prepare: Prepare): Promise<void> {
    const secrets = this.#secrets
    if (secrets === null) throw new RallyError('protocol', `node ${this.#node}: "prepare" came before "secrets"`)
    const prepared = await prepareNode(prepare, {
      node: this.#node,
      settings: this.#options.settings,
      isLocal: this.#options.isLocal,
      signal: this.#abort.signal,
      secrets,
      fetcher: this.#fetcher,
      lease: this.#owner.lease.memory,
      tell: (what) => this.#owner.show({ t: 'preparing', node: this.#node, what }),
      warn: (message) => this.#warnings.push(message)
    })
    if (this.#isOver) return
    const { results, log } = this.#options.settings
    const facts = { race: prepare.race, node: this.#node, epoch: this.epoch }
    this.#relay = await ChunkRelay.open({ session: facts, settings: results, log, failed: (error) => this.#fail(error) })
    if (this.#isOver) return
    this.#steps = allocate(prepared.schedule).steps
    this.#clients = new Set(prepare.clients)
    this.#owner.show({ t: 'preparing', node: this.#node, what: `connecting ${prepare.clients.length} clients` })
    this.#machine = new MachineWatch(prepare.target.hosts.map((host) => host.port))
    this.#pool = openWorkerPool(prepared.starts, {
      event: (worker, event) => this.#workerTold(worker, event),
      died: (worker, error) => this.#workerDied(worker, error)
    })
    this.#watch = new WorkerWatch(prepared.starts.length, {
      warn: (message) => this.#owner.tell({ t: 'warning', node: this.#node, message }),
      isRunning: () => this.#running !== null,
      giveUp: (worker, why) => this.#pool?.kill(worker, why)
    })
    if (prepared.starts.length === 0) this.#tellPrepared()
  }

  #tellPrepared(): void {
    this.#isPrepared = true
    this.#owner.tell({ t: 'prepared', node: this.#node, epoch: this.epoch, workers: this.#ready, warnings: this.#warnings })
  }

  #startStep(index: number, delayMs: number): void {
    const step = this.#steps[index]
    if (step === undefined || this.#pool === null || this.#machine === null) throw new RallyError('protocol', `node ${this.#node}: no step ${index} is prepared`)
    const startAtMs = systemClock.monotonicMs() + delayMs
    this.#lastStep = index
    this.#running = new RunningStep({
      node: this.#node,
      epoch: this.epoch,
      step,
      clients: this.#clients,
      workers: this.#pool.size,
      machine: this.#machine,
      startAtMs,
      seq: this.#seq,
      tell: (event) => this.#tellOfStep(event),
      show: (snapshot) => {
        this.#relay?.snapshot(snapshot)
        this.#owner.show(snapshot)
      }
    })
    this.#relay?.stepStarts(step, delayMs)
    this.#pool.send({ t: 'start-step', step: index, startAtMs })
    this.#joinIfAll()
  }

  /** Every sample is on disk before the node says that a step is joined. */
  #tellOfStep(event: KeptEvent): void {
    if (event.t !== 'step-joined') return this.#owner.tell(event)
    this.#joining = this.#guard(async () => {
      await this.#relay?.stepEnds(event)
      this.#owner.tell(event)
    })
  }

  #workerTold(worker: number, event: ToldEvent): void {
    this.#watch?.heard(worker)
    switch (event.t) {
      case 'alive':
        return
      case 'ready':
        this.#ready++
        if (this.#ready === this.#pool?.size && !this.#isOver) this.#tellPrepared()
        return
      case 'second':
        this.#running?.second(event)
        return
      case 'client-ended':
        this.#running?.clientEnded(event.task)
        return
      case 'chunk':
        this.#running?.measured(worker, event.chunk.rows)
        this.#relay?.chunk(event.chunk, (command) => this.#pool?.send(command, worker))
        return
      case 'step-joined':
        this.#running?.workerJoined(worker, event)
        this.#joinIfAll()
        return
      case 'warning':
        this.#owner.tell({ t: 'warning', node: this.#node, message: event.message })
        return
      case 'failed':
        this.#fail(event.error)
        return
      default:
        unreachable(event)
    }
  }

  #workerDied(worker: number, error: unknown): void {
    this.#dead.add(worker)
    this.#watch?.dismiss(worker)
    const what = this.#running?.lost(worker)
    if (what !== undefined) this.#owner.tell({ t: 'warning', node: this.#node, message: what })
    this.#fail(toWire(deathOf(worker, error, this.#running !== null)))
    this.#joinIfAll()
  }

  #joinIfAll(): void {
    const running = this.#running
    if (running?.joinIfAll(this.#dead) !== true) return
    this.#seq = running.seq
    this.#running = null
  }

  #fail(error: WireError): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#pool?.send({ t: 'cancel', graceMs: 0 })
    this.#owner.tell({ t: 'failed', node: this.#node, error })
  }

  /** The dead-man switch. Between steps nothing is sent anyway: a coordinator that comes back goes on. */
  #ranOut(): void {
    if (this.#isOver || this.#running === null) return
    this.#isOver = true
    this.#owner.revoke()
    this.#pool?.send({ t: 'cancel', graceMs: 0 })
    this.#owner.tell({ t: 'stopped', node: this.#node, reason: `it heard nothing from the coordinator for ${(this.#options.patience ?? PATIENCE).leaseMs / 1000} s` })
  }

  /** Before the coordinator has begun to ping, while it looks whether the race can be, or when the race was cancelled, a coordinator that hangs up will not come back. */
  #detached(): void {
    if ((this.#race === null && !this.#owner.isPinged) || this.#abort.signal.aborted) void this.end('the coordinator has gone')
  }

  async #end(reason: string): Promise<void> {
    this.#isOver = true
    this.#abort.abort(reason)
    this.#fetcher.close()
    this.#running?.close()
    // What preparing had begun (half a file, a program that decompresses) is put away by whoever began it.
    await this.#preparing?.catch(() => {})
    this.#watch?.close()
    // The workers' last words of a step that was running are still taken down.
    await this.#pool?.close()
    this.#pool = null
    this.#running = null
    await this.#joining
    await this.#relay?.close()
    this.#machine?.close()
    this.#owner.tell({ t: 'stopped', node: this.#node, reason })
    this.#owner.close()
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
