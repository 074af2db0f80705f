// Feeds the nodes' events to race-state, does what it says, and collects what was measured.

import { fromWire, RallyError } from '../core/errors.ts'
import { systemClock } from '../core/clock.ts'
import { unreachable } from '../core/exhaustive.ts'
import type { Prepare, TaskResult } from '../protocol/messages.ts'
import type { TargetSecrets } from '../target/target-options.ts'
import type { ConnectedNode } from './connected-node.ts'
import type { HealthJudge } from './health-judge.ts'
import { NodeLink, type LinkEvent } from './node-link.ts'
import { NodeRoll, type NodeRecord } from './node-roll.ts'
import { NodeWatch } from './node-watch.ts'
import { joinedProgress, progressOf } from './progress.ts'
import type { RaceObserver } from './race-request.ts'
import { advance, CANCEL_GRACE_MS, initialState, isOver, isStopping, type OnNodeLoss, type RaceEvent, type RaceState } from './race-state.ts'
import { LOOK_EVERY_MS } from '../core/silence.ts'
import { startTimes } from './start-times.ts'
import { StepCollector } from './step-collector.ts'
import type { StepFacts } from './step-facts.ts'
import { Waits } from './waits.ts'

export interface RaceLoopOptions {
  readonly nodes: readonly { readonly node: ConnectedNode; readonly prepare: Prepare }[]
  readonly secrets: TargetSecrets
  readonly steps: readonly StepFacts[]
  readonly onNodeLoss: OnNodeLoss
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
  readonly nodes: readonly NodeRecord[]
}

/** Of a node that was told to stop, beyond the grace of what is in flight: it aborts that, and tells its figures. */
const STOP_DEADLINE_MS = 3000
const CLOSE_DEADLINE_MS = 10_000
const PING_EVERY_MS = 1000

export async function runRaceLoop(options: RaceLoopOptions): Promise<RaceLoopResult> {
  const loop = new RaceLoop(options)
  return loop.run()
}

class RaceLoop {
  readonly #options: RaceLoopOptions
  readonly #links: readonly NodeLink[]
  readonly #watch: NodeWatch
  readonly #roll: NodeRoll
  readonly #waits = new Waits(systemClock.monotonicMs())
  readonly #tasks: Record<string, TaskResult> = {}
  readonly #timers: NodeJS.Timeout[] = []
  #state: RaceState
  #collector = new StepCollector(-1)
  #error: Error | null = null
  #over: () => void = () => {}

  constructor(options: RaceLoopOptions) {
    this.#options = options
    const names = options.nodes.map(({ node }) => node.name)
    this.#state = initialState(names, options.steps, options.onNodeLoss)
    this.#roll = new NodeRoll(options.nodes.map(({ node, prepare }) => ({ name: node.name, clients: prepare.clients.length })))
    const listener = {
      heard: (node: string) => this.#watch.heard(node, systemClock.monotonicMs()),
      hear: (node: string, event: LinkEvent) => this.#hear(node, event),
      gone: (node: string, why: string) => this.#lose(node, why)
    }
    this.#links = options.nodes.map(({ node }) => new NodeLink(node, listener))
    this.#watch = new NodeWatch(this.#links, { lost: (node, what) => this.#lose(node, what), back: (node, gapMs) => this.#back(node, gapMs) })
  }

  async run(): Promise<RaceLoopResult> {
    const { nodes, signal, secrets, targetGone } = this.#options
    const over = new Promise<void>((resolve) => (this.#over = resolve))
    const cancel = (): void => this.#decide({ type: 'cancel', reason: 'the user cancelled the race' })
    signal.addEventListener('abort', cancel)
    for (const [index, link] of this.#links.entries()) {
      this.#watch.heard(link.name, systemClock.monotonicMs())
      link.send({ t: 'secrets', target: secrets })
      link.send({ t: 'prepare', ...nodes[index]!.prepare })
    }
    this.#ping()
    this.#timers.push(
      setInterval(() => this.#look(), LOOK_EVERY_MS),
      setInterval(() => this.#ping(), PING_EVERY_MS)
    )
    if (signal.aborted) cancel()
    void targetGone?.then((error) => {
      // It explains the refused requests that came before it.
      if (!isOver(this.#state)) this.#error = error
      this.#decide({ type: 'failed', node: 'target' })
    })
    await over
    signal.removeEventListener('abort', cancel)
    await this.#closeNodes()
    for (const timer of this.#timers) clearInterval(timer)
    const { phase } = this.#state
    return { phase: phase === 'done' || phase === 'cancelled' ? phase : 'failed', tasks: this.#tasks, error: this.#error, nodes: this.#roll.records() }
  }

  #hear(node: string, event: LinkEvent): void {
    const { observer } = this.#options
    switch (event.t) {
      case 'preparing':
        this.#waits.prepares(node, event.what)
        return
      case 'prepared':
        this.#roll.prepared(node, event.workers)
        for (const warning of event.warnings) observer.warning(this.#named(node, warning))
        this.#prepared(node)
        return
      case 'snapshot':
        this.#options.health.hear(event)
        this.#collector.addSnapshot(event)
        return
      case 'task-ended':
        this.#decide({ type: 'task-ended', node, step: event.step, task: event.task, clients: event.clients })
        return
      case 'step-joined':
        this.#collector.addJoined(event)
        this.#decide({ type: 'step-joined', node, step: event.step })
        return
      case 'warning':
        observer.warning(this.#named(node, event.message))
        return
      case 'failed':
        this.#failedAt(node, fromWire(event.error))
        return
      case 'stopped':
        this.#stopped(node, event.reason)
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
    this.#waits.waitsFor('telemetry of the target')
    this.#options.beforeLoad().then(
      () => {
        this.#waits.waitsFor(null)
        this.#decide({ type: 'prepared', node })
      },
      (error: unknown) => this.#fail(node, error instanceof Error ? error : new Error(String(error)))
    )
  }

  #decide(event: RaceEvent): void {
    const before = this.#state
    const decision = advance(before, event)
    this.#state = decision.state
    // Results first: the next step's figures go to a new collector.
    if (before.phase !== 'preparing' && (decision.state.step !== before.step || isOver(decision.state))) this.#collect(before)
    for (const command of decision.commands) {
      if (command.t === 'start-step') this.#startStep(command.step)
      else for (const link of this.#links) link.send(command)
    }
    if (isStopping(decision.state) && !isStopping(before)) this.#stopInTime()
    if (isOver(decision.state) && !isOver(before)) this.#over()
  }

  #startStep(step: number): void {
    const { steps, throttled, health } = this.#options
    const tasks = steps[step]?.tasks ?? []
    this.#collector = new StepCollector(step)
    health.stepStarts({ step, tasks, isThrottled: tasks.some((task) => throttled.has(task)), nowMs: systemClock.monotonicMs() })
    const links = this.#links.filter(({ name }) => !this.#state.lost.has(name))
    const starts = startTimes(new Map(links.map((link) => [link.name, link.roundTripMs])))
    for (const link of links) {
      const { delayMs, skewMs } = starts.get(link.name)!
      this.#roll.starts(link.name, skewMs)
      link.send({ t: 'start-step', step, delayMs })
    }
  }

  #collect(before: RaceState): void {
    for (const link of this.#links) this.#roll.stepOver(link.name, { requests: this.#collector.requestsOf(link.name), startedLateMs: link.startedLateMs })
    for (const { name } of this.#links) {
      const told = this.#collector.toldBy(name)
      const what = told === 'nothing' ? 'told nothing of what it did' : 'did not tell all that it measured'
      const where = `in step ${before.step + 1}`
      if (told !== 'all' && !this.#roll.wasLostBefore(name, before.step)) {
        this.#options.observer.warning(`node ${name} ${what} ${where}${told === 'nothing' ? '' : ': its figures are those of its last second'}`)
      }
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

  #fail(node: string, error: Error): void {
    if (isOver(this.#state)) return
    this.#error ??= error
    this.#decide({ type: 'failed', node })
  }

  /** A node without one of its workers is as good as lost: the others may go on. */
  #failedAt(node: string, error: Error): void {
    const isLoss = error instanceof RallyError && error.kind === 'invalid'
    if (isLoss && this.#options.onNodeLoss === 'continue') this.#lose(node, `failed: ${error.message}`)
    else this.#fail(node, this.#links.length === 1 ? error : atNode(node, error))
  }

  #stopped(node: string, reason: string): void {
    const pause = this.#watch.ownPause
    const isOwnFault = pause !== null && systemClock.monotonicMs() - pause.untilMs < OWN_FAULT_MS
    this.#lose(node, `stopped: ${reason}${isOwnFault ? `, because the coordinator itself had stood still for ${Math.round(pause.ms / 1000)} s` : ''}`)
  }

  /** Once a step has begun, figures without this node's are not the ones that were asked for. */
  #lose(node: string, what: string): void {
    this.#watch.dismiss(node)
    this.#links.find((link) => link.name === node)?.giveUp()
    if (isOver(this.#state) || this.#state.lost.has(node)) return
    const { phase, step, steps } = this.#state
    const isPreparing = phase === 'preparing'
    const doing = this.#waits.preparing(node)
    const where = isPreparing ? `while preparing${doing === null ? '' : ` (${doing})`}` : `in step ${step + 1} of ${steps.length}`
    const message = `node ${node} ${what} ${where}`
    this.#roll.lost(node, { step, why: what })
    this.#decide({ type: 'lost', node })
    const goesOn = this.#state.phase === 'running' || this.#state.phase === 'done'
    if (goesOn) this.#options.observer.warning(`${message}: the race goes on without it, and figures from that step on lack its part`)
    else this.#error ??= new RallyError(isPreparing ? 'node' : 'invalid', message, { hint: `look into the log file of node ${node}` })
  }

  #back(node: string, gapMs: number): void {
    this.#roll.wasSilent(node, gapMs)
    const where = this.#state.phase === 'preparing' ? 'while preparing' : `in step ${this.#state.step + 1}`
    this.#options.observer.warning(`node ${node} was silent for ${(gapMs / 1000).toFixed(1)} s ${where}; it is back, and nothing it measured is missing`)
  }

  #ping(): void {
    for (const link of this.#links) link.ping(this.#collector.ackOf(link.name))
  }

  #look(): void {
    const nowMs = systemClock.monotonicMs()
    this.#watch.look(nowMs)
    if (isOver(this.#state)) return
    const { observer, steps } = this.#options
    const wait = this.#waits.now(this.#state, nowMs)
    observer.progress(progressOf({ state: this.#state, facts: steps[this.#state.step], collector: this.#collector, wait, troubles: this.#watch.troubles(nowMs) }))
  }

  /** Where several nodes say something, who it was. */
  #named(node: string, words: string): string {
    return this.#links.length === 1 ? words : `node ${node}: ${words}`
  }

  async #closeNodes(): Promise<void> {
    const left = new Set(this.#links.map((link) => link.name))
    const closed = Promise.all(this.#links.map((link) => link.closed.then(() => left.delete(link.name))))
    let timer: NodeJS.Timeout | undefined
    const deadline = new Promise<'late'>((resolve) => (timer = setTimeout(() => resolve('late'), CLOSE_DEADLINE_MS)))
    const outcome = await Promise.race([closed, deadline])
    clearTimeout(timer)
    if (outcome === 'late') this.#options.observer.warning(`node ${[...left].join(', ')} did not close its session within ${CLOSE_DEADLINE_MS / 1000} s`)
    for (const link of this.#links) link.close()
  }
}

/** A node that stopped within this time after the coordinator's own standstill did so because of it. */
const OWN_FAULT_MS = 15_000

function atNode(node: string, error: Error): Error {
  if (!(error instanceof RallyError)) return error
  return new RallyError(error.kind, `node ${node}: ${error.message}`, { hint: error.hint, problems: error.problems, cause: error.cause })
}
