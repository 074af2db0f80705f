// Feeds the nodes' events to race-state, does what it says, and collects what was measured.

import { emptyDictionary } from '../core/dictionary.ts'
import { fromWire, RallyError } from '../core/errors.ts'
import { systemClock } from '../core/clock.ts'
import { unreachable } from '../core/exhaustive.ts'
import type { TaskResult } from '../protocol/messages.ts'
import type { TargetSecrets } from '../target/target-options.ts'
import { Fleet, type EngagedNode } from './fleet.ts'
import type { HealthJudge } from './health-judge.ts'
import { errorAt, lossError, lossText, untold } from './losses.ts'
import type { LinkEvent } from './node-link.ts'
import type { NodeRecord } from './node-roll.ts'
import { joinedProgress, progressOf } from './progress.ts'
import type { RaceSupply } from './race-supply.ts'
import type { OnNodeLoss, RaceObserver } from './race-request.ts'
import { advance, CANCEL_GRACE_MS, initialState, isOver, isStopping, type RaceEvent, type RaceState } from './race-state.ts'
import { LOOK_EVERY_MS } from '../core/silence.ts'
import { StepCollector } from './step-collector.ts'
import type { StepFacts } from './step-facts.ts'
import { Waits } from './waits.ts'

export interface RaceLoopOptions {
  readonly nodes: readonly EngagedNode[]
  readonly secrets: TargetSecrets
  readonly steps: readonly StepFacts[]
  readonly onNodeLoss: OnNodeLoss
  /** Tasks with a target throughput: health is judged more strictly while they run. */
  readonly throttled: ReadonlySet<string>
  readonly health: HealthJudge
  readonly observer: RaceObserver
  /** Told of each step when the nodes are told to start it; by the monotonic clock. */
  readonly stepStarts?: (nowMs: number) => void
  /** Makes what the nodes need of the race's files; none: they have all. `tell`: what the race waits for. */
  readonly supply?: (tell: (what: string) => void) => Promise<RaceSupply | null>
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
const PING_EVERY_MS = 1000
/** A node that stopped so soon after the coordinator had stood still for so long did so because of it. */
const OWN_FAULT = { withinMs: 15_000, pauseMs: 4000 }

export async function runRaceLoop(options: RaceLoopOptions): Promise<RaceLoopResult> {
  const loop = new RaceLoop(options)
  return loop.run()
}

class RaceLoop {
  readonly #options: RaceLoopOptions
  readonly #fleet: Fleet
  readonly #waits = new Waits(systemClock.monotonicMs())
  readonly #tasks = emptyDictionary<TaskResult>()
  readonly #timers: NodeJS.Timeout[] = []
  #state: RaceState
  #collector = new StepCollector(-1)
  #error: Error | null = null
  #supply: RaceSupply | null = null
  #over: () => void = () => {}

  constructor(options: RaceLoopOptions) {
    this.#options = options
    this.#fleet = new Fleet(options.nodes, {
      hear: (node, event) => this.#hear(node, event),
      lost: (node, what) => this.#lose(node, what),
      back: (node, gapMs) => this.#back(node, gapMs)
    })
    this.#state = initialState(this.#fleet.names, options.steps, options.onNodeLoss)
  }

  async run(): Promise<RaceLoopResult> {
    const { signal, targetGone } = this.#options
    const over = new Promise<void>((resolve) => (this.#over = resolve))
    const cancel = (): void => this.#decide({ type: 'cancel', reason: 'the user cancelled the race' })
    signal.addEventListener('abort', cancel)
    void this.#prepare()
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
    this.#supply?.service.close()
    const open = await this.#fleet.close()
    if (open.length > 0) this.#options.observer.warning(`did not close its session in time: node ${open.join(', ')}`)
    for (const timer of this.#timers) clearInterval(timer)
    const { phase } = this.#state
    return { phase: phase === 'done' || phase === 'cancelled' ? phase : 'failed', tasks: this.#tasks, error: this.#error, nodes: this.#fleet.roll.records() }
  }

  /** Nodes are told what to prepare when all that they may ask for is here. */
  async #prepare(): Promise<void> {
    const { nodes, secrets, supply } = this.#options
    try {
      this.#supply = supply === undefined ? null : await supply((what) => this.#waits.waitsFor(what, 'files'))
    } catch (error) {
      return this.#fail('localhost', error instanceof Error ? error : new Error(String(error)))
    }
    this.#waits.waitsFor(null)
    this.#waits.asked(systemClock.monotonicMs())
    if (isOver(this.#state)) return
    const supplies = this.#supply?.supplies
    this.#fleet.prepare(
      nodes.map(({ node, prepare }) => ({ node, prepare: { ...prepare, supply: supplies?.get(node.name) ?? prepare.supply } })),
      secrets
    )
    this.#supply?.service.open()
  }

  #hear(node: string, event: LinkEvent): void {
    switch (event.t) {
      case 'preparing':
        this.#waits.prepares(node, event.what, systemClock.monotonicMs())
        return
      case 'prepared':
        this.#fleet.roll.prepared(node, event.workers)
        for (const warning of event.warnings) this.#warn(node, warning)
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
        this.#warn(node, event.message)
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
    this.#supply?.service.close()
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
      else this.#fleet.send(command)
    }
    if (isStopping(decision.state) && !isStopping(before)) this.#stopInTime()
    if (isOver(decision.state) && !isOver(before)) this.#over()
  }

  #startStep(step: number): void {
    const { steps, throttled, health } = this.#options
    const tasks = steps[step]?.tasks ?? []
    this.#collector = new StepCollector(step)
    const nowMs = systemClock.monotonicMs()
    health.stepStarts({ step, tasks, isThrottled: tasks.some((task) => throttled.has(task)), nowMs })
    this.#options.stepStarts?.(nowMs)
    this.#fleet.startStep(step, this.#state.lost)
  }

  #collect(before: RaceState): void {
    const { observer } = this.#options
    this.#fleet.stepOver((node) => this.#collector.requestsOf(node))
    for (const line of untold(this.#collector, this.#fleet.roll)) observer.warning(line)
    const results = this.#collector.results()
    Object.assign(this.#tasks, results)
    observer.progress(joinedProgress(before, results))
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
    else this.#fail(node, this.#isAlone ? error : errorAt(node, error))
  }

  #stopped(node: string, reason: string): void {
    const pauseMs = this.#fleet.ownPauseMs(systemClock.monotonicMs(), OWN_FAULT.withinMs)
    const cause = pauseMs < OWN_FAULT.pauseMs ? '' : `, because the coordinator itself had stood still for ${Math.round(pauseMs / 1000)} s`
    this.#lose(node, `stopped: ${reason}${cause}`)
  }

  #lose(node: string, what: string): void {
    this.#fleet.dismiss(node)
    if (isOver(this.#state) || this.#state.lost.has(node)) return
    const isPreparing = this.#state.phase === 'preparing'
    const message = lossText(node, what, this.#state, this.#waits.preparing(node))
    this.#fleet.roll.lost(node, { step: isPreparing ? null : this.#state.step, why: what })
    this.#decide({ type: 'lost', node })
    const goesOn = this.#state.phase === 'running' || this.#state.phase === 'done'
    if (goesOn) this.#options.observer.warning(`${message}: the race goes on without it, and figures from that step on lack its part`)
    else this.#error ??= lossError(message, node, isPreparing)
  }

  #back(node: string, gapMs: number): void {
    this.#fleet.roll.wasSilent(node, gapMs)
    const where = this.#state.phase === 'preparing' ? 'while preparing' : `in step ${this.#state.step + 1}`
    this.#options.observer.warning(`node ${node} was silent for ${(gapMs / 1000).toFixed(1)} s ${where}; it is back, and nothing it measured is missing`)
  }

  #ping(): void {
    this.#fleet.ping((node, epoch) => this.#collector.ackOf(node, epoch))
  }

  #look(): void {
    const nowMs = systemClock.monotonicMs()
    this.#fleet.look(nowMs)
    if (isOver(this.#state)) return
    for (const { node, what } of this.#waits.stuck(this.#state, nowMs)) this.#lose(node, what)
    const { observer, steps } = this.#options
    const troubles = this.#fleet.troubles(nowMs)
    const parts = { facts: steps[this.#state.step], collector: this.#collector, waits: this.#waits, troubles }
    observer.progress(progressOf(this.#state, parts, nowMs))
  }

  get #isAlone(): boolean {
    return this.#fleet.names.length === 1
  }

  /** Where several nodes say something, who it was. */
  #warn(node: string, words: string): void {
    this.#options.observer.warning(this.#isAlone ? words : `node ${node}: ${words}`)
  }
}
