// Feeds the nodes' events to race-state, does what it says, and collects what was measured.

import { fromWire, RallyError } from '../core/errors.ts'
import { systemClock } from '../core/clock.ts'
import { unreachable } from '../core/exhaustive.ts'
import type { NodeEvent, Prepare, TaskResult } from '../protocol/messages.ts'
import type { TargetSecrets } from '../target/target-options.ts'
import type { ConnectedNode } from './connected-node.ts'
import type { RaceObserver } from './race-request.ts'
import { joinedProgress, progressOf, type Wait } from './progress.ts'
import { advance, CANCEL_GRACE_MS, initialState, isOver, isStopping, missing, type RaceEvent, type RaceState } from './race-state.ts'
import { Silence } from './silence.ts'
import { StepCollector } from './step-collector.ts'
import type { StepFacts } from './step-facts.ts'
import type { HealthJudge } from './health-judge.ts'

export interface RaceLoopOptions {
  readonly nodes: readonly { readonly node: ConnectedNode; readonly prepare: Prepare }[]
  readonly secrets: TargetSecrets
  readonly steps: readonly StepFacts[]
  /** Tasks with a target throughput: health is judged more strictly while they run. */
  readonly throttled: ReadonlySet<string>
  readonly health: HealthJudge
  readonly observer: RaceObserver
  readonly signal: AbortSignal
  /** Told when the nodes are ready, before the first request; the race waits for it. */
  readonly beforeLoad: () => Promise<void>
  /** Resolves if there is nothing left to be measured. */
  readonly targetGone?: Promise<Error> | null
}

export interface RaceLoopResult {
  readonly phase: 'done' | 'cancelled' | 'failed'
  /** By task name, of all steps that ran; the last one as far as it came. */
  readonly tasks: Readonly<Record<string, TaskResult>>
  readonly error: Error | null
}

/** Of a node that was told to stop, beyond the grace of what is in flight: it aborts that, and tells its figures. */
const STOP_DEADLINE_MS = 3000
const CLOSE_DEADLINE_MS = 10_000
const PROGRESS_EVERY_MS = 250
const PING_EVERY_MS = 1000

export async function runRaceLoop(options: RaceLoopOptions): Promise<RaceLoopResult> {
  const loop = new RaceLoop(options)
  return loop.run()
}

class RaceLoop {
  readonly #options: RaceLoopOptions
  readonly #tasks: Record<string, TaskResult> = {}
  readonly #silence = new Silence()
  readonly #timers: NodeJS.Timeout[] = []
  #state: RaceState
  #collector = new StepCollector(-1)
  #error: Error | null = null
  #wait: Wait = { what: 'nodes to prepare', sinceMs: systemClock.monotonicMs() }
  #pings = 0
  #over: () => void = () => {}

  constructor(options: RaceLoopOptions) {
    this.#options = options
    const names = options.nodes.map(({ node }) => node.name)
    this.#state = initialState(names, options.steps)
  }

  async run(): Promise<RaceLoopResult> {
    const { nodes, signal, secrets } = this.#options
    const over = new Promise<void>((resolve) => (this.#over = resolve))
    const cancel = (): void => this.#decide({ type: 'cancel', reason: 'the user cancelled the race' })
    signal.addEventListener('abort', cancel)
    for (const { node, prepare } of nodes) {
      this.#silence.heard(node.name, systemClock.monotonicMs())
      node.peer.onMessage((event) => this.#hear(node.name, event))
      node.peer.onClose(() => this.#lose(node.name, 'closed its connection'))
      node.peer.send({ t: 'secrets', target: secrets })
      node.peer.send({ t: 'prepare', ...prepare })
    }
    this.#timers.push(
      setInterval(() => this.#showProgress(), PROGRESS_EVERY_MS),
      setInterval(() => this.#ping(), PING_EVERY_MS)
    )
    if (signal.aborted) cancel()
    void this.#options.targetGone?.then((error) => {
      // It explains the refused requests that came before it.
      if (!isOver(this.#state)) this.#error = error
      this.#decide({ type: 'failed', node: 'target', isLost: false })
    })
    await over
    for (const timer of this.#timers) clearInterval(timer)
    signal.removeEventListener('abort', cancel)
    await this.#closeNodes()
    const { phase } = this.#state
    return { phase: phase === 'done' || phase === 'cancelled' ? phase : 'failed', tasks: this.#tasks, error: this.#error }
  }

  #hear(node: string, event: NodeEvent): void {
    this.#silence.heard(node, systemClock.monotonicMs())
    const { observer } = this.#options
    switch (event.t) {
      case 'preparing':
        this.#waitFor(event.what)
        return
      case 'prepared':
        for (const warning of event.warnings) observer.warning(warning)
        this.#prepared(node)
        return
      case 'snapshot':
        this.#collector.addSnapshot(event)
        this.#judgeHealth(node, event)
        return
      case 'task-ended':
        this.#decide({ type: 'task-ended', node, step: event.step, task: event.task, clients: event.clients })
        return
      case 'step-joined':
        this.#collector.addJoined(event)
        this.#decide({ type: 'step-joined', node, step: event.step })
        return
      case 'warning':
        observer.warning(event.message)
        return
      case 'failed':
        this.#fail(node, fromWire(event.error))
        break
      case 'stopped':
      case 'pong':
        break
      default:
        unreachable(event)
    }
  }

  #prepared(node: string): void {
    const decision = advance(this.#state, { type: 'prepared', node })
    if (decision.state.phase === 'preparing') {
      this.#state = decision.state
      return
    }
    // The last one: what must be known of the target before the load is asked for now, then the first step starts.
    this.#waitFor('telemetry of the target')
    this.#options.beforeLoad().then(
      () => this.#decide({ type: 'prepared', node }),
      (error: unknown) => this.#fail(node, error instanceof Error ? error : new Error(String(error)))
    )
  }

  #decide(event: RaceEvent): void {
    const before = this.#state
    const decision = advance(before, event)
    this.#state = decision.state
    // Results first: the next step's figures go to a new collector.
    if (before.phase !== 'preparing' && (decision.state.step !== before.step || isOver(decision.state))) this.#collect(before)
    const starts = decision.commands.some((command) => command.t === 'start-step')
    if (starts) this.#collector = new StepCollector(decision.state.step)
    for (const command of decision.commands) for (const { node } of this.#options.nodes) node.peer.send(command)
    this.#nameTheWait()
    if (isStopping(decision.state) && !isStopping(before)) this.#stopInTime()
    if (isOver(decision.state) && !isOver(before)) this.#over()
  }

  #collect(before: RaceState): void {
    for (const node of this.#collector.unjoined()) {
      this.#options.observer.warning(`node ${node} did not tell all that it measured in step ${before.step + 1}: its figures are those of its last second`)
    }
    const results = this.#collector.results()
    Object.assign(this.#tasks, results)
    this.#options.observer.progress(joinedProgress(before, results))
  }

  /** Whoever does not join is left behind: nothing keeps a race from its end. */
  #stopInTime(): void {
    const graceMs = this.#state.phase === 'cancelling' ? CANCEL_GRACE_MS : 0
    this.#timers.push(setTimeout(() => this.#decide({ type: 'late' }), graceMs + STOP_DEADLINE_MS))
  }

  #fail(node: string, error: Error, isLost = false): void {
    if (isOver(this.#state)) return
    this.#error ??= error
    this.#decide({ type: 'failed', node, isLost })
  }

  /** Once a step has begun, figures without this node's are not the ones that were asked for. */
  #lose(node: string, what: string): void {
    const { phase, step, steps } = this.#state
    const isPreparing = phase === 'preparing'
    const where = isPreparing ? 'while preparing' : `in step ${step + 1} of ${steps.length}`
    this.#fail(node, new RallyError(isPreparing ? 'node' : 'invalid', `node ${node} ${what} ${where}`, { hint: 'look into its log file' }), true)
  }

  #ping(): void {
    this.#pings++
    const nowMs = systemClock.monotonicMs()
    for (const { node } of this.#options.nodes) {
      node.peer.send({ t: 'ping', seq: this.#pings, ack: this.#collector.ackOf(node.name) })
      const silentMs = this.#silence.tooLong(node.name, nowMs)
      if (silentMs !== null) this.#lose(node.name, `has been silent for ${Math.round(silentMs / 1000)} s`)
    }
    this.#silence.looked(nowMs)
  }

  #judgeHealth(node: string, snapshot: Extract<NodeEvent, { t: 'snapshot' }>): void {
    const tasks = this.#state.steps[snapshot.step]?.tasks ?? []
    const isThrottled = tasks.some((task) => this.#options.throttled.has(task))
    for (const health of snapshot.health) this.#options.health.add(node, health, isThrottled)
  }

  #waitFor(what: string): void {
    if (this.#wait.what !== what) this.#wait = { what, sinceMs: systemClock.monotonicMs() }
  }

  #nameTheWait(): void {
    const { phase, step } = this.#state
    const nodes = missing(this.#state).join(', ')
    if (phase === 'preparing') return
    if (phase === 'cancelling') this.#waitFor(`requests in flight at ${nodes}, at most ${CANCEL_GRACE_MS / 1000} s`)
    else this.#waitFor(phase === 'failing' ? `what ${nodes} measured until the failure` : `step ${step + 1} at ${nodes}`)
  }

  #showProgress(): void {
    const { observer, steps } = this.#options
    if (isOver(this.#state)) return
    observer.progress(progressOf({ state: this.#state, facts: steps[this.#state.step], collector: this.#collector, wait: this.#wait }))
  }

  async #closeNodes(): Promise<void> {
    const closed = Promise.all(this.#options.nodes.map(({ node }) => node.closed))
    let timer: NodeJS.Timeout | undefined
    const deadline = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), CLOSE_DEADLINE_MS)))
    const outcome = await Promise.race([closed, deadline])
    clearTimeout(timer)
    if (outcome === 'late') this.#options.observer.warning('a node did not close its session within 10 s')
    for (const { node } of this.#options.nodes) node.peer.close()
  }
}
