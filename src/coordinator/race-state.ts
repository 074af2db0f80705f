// What a race does next: the only place that decides. Pure: an event goes in, the next state and the commands come out.
//
// | phase      | event                                       | next        | commands                                   |
// |------------|---------------------------------------------|-------------|--------------------------------------------|
// | preparing  | `prepared` from the last node               | running 0   | start-step 0 to all (no steps: finish)     |
// | preparing  | the user cancels                            | cancelled   | finish to all                              |
// | running k  | `task-ended` of all completing clients      | running k   | complete-task k to all, once               |
// | running k  | `step-joined` from the last node, more steps| running k+1 | start-step k+1 to all                      |
// | running    | `step-joined` from the last node, last step | done        | finish to all                              |
// | running k  | the user cancels                            | cancelling k| cancel to all, with a grace                |
// | cancelling | `step-joined` from the last node            | cancelled   | finish to all                              |
// | cancelling | the user cancels again                      | cancelled   | cancel without grace, finish to all        |
// | any        | `failed`                                    | failed      | cancel without grace to the others, finish |
// | done, cancelled, failed | anything                       | the same    | none                                       |

import { unreachable } from '../core/exhaustive.ts'
import type { NodeCommand } from '../protocol/messages.ts'
import type { StepFacts } from './step-facts.ts'

export type RacePhase = 'preparing' | 'running' | 'cancelling' | 'done' | 'cancelled' | 'failed'

export interface RaceState {
  readonly phase: RacePhase
  readonly step: number
  readonly steps: readonly StepFacts[]
  readonly nodes: readonly string[]
  /** Nodes whose `prepared` or `step-joined` of the present phase has come. */
  readonly arrived: ReadonlySet<string>
  /** Clients that are done in this step, by completing task. */
  readonly ended: Readonly<Record<string, number>>
  readonly isCompleting: boolean
}

export type RaceEvent =
  | { readonly type: 'prepared'; readonly node: string }
  | { readonly type: 'task-ended'; readonly node: string; readonly step: number; readonly task: string; readonly clients: number }
  | { readonly type: 'step-joined'; readonly node: string; readonly step: number }
  | { readonly type: 'failed'; readonly node: string }
  | { readonly type: 'cancel'; readonly reason: string }

/** To all nodes, in this order. */
export interface Decision {
  readonly state: RaceState
  readonly commands: readonly NodeCommand[]
}

/** What is in flight when the user cancels may take this long. */
export const CANCEL_GRACE_MS = 5000

export function initialState(nodes: readonly string[], steps: readonly StepFacts[]): RaceState {
  return { phase: 'preparing', step: 0, steps, nodes, arrived: new Set(), ended: {}, isCompleting: false }
}

export function advance(state: RaceState, event: RaceEvent): Decision {
  if (isOver(state)) return stay(state)
  switch (event.type) {
    case 'prepared':
      return state.phase === 'preparing' ? arrive(state, event.node, () => startStep(state, 0)) : stay(state)
    case 'task-ended':
      return taskEnded(state, event)
    case 'step-joined':
      if (state.phase === 'preparing' || event.step !== state.step) return stay(state)
      return arrive(state, event.node, () => (state.phase === 'cancelling' ? over(state, 'cancelled') : startStep(state, state.step + 1)))
    case 'failed':
      return over(state, 'failed', { t: 'cancel', reason: `node ${event.node} failed`, graceMs: 0 })
    case 'cancel':
      return cancel(state, event.reason)
    default:
      return unreachable(event)
  }
}

export function isOver(state: RaceState): boolean {
  return state.phase === 'done' || state.phase === 'cancelled' || state.phase === 'failed'
}

/** Nodes that have not arrived yet: whom the race waits for. */
export function missing(state: RaceState): string[] {
  return state.nodes.filter((node) => !state.arrived.has(node))
}

function arrive(state: RaceState, node: string, whenAll: () => Decision): Decision {
  const arrived = new Set(state.arrived).add(node)
  return state.nodes.every((name) => arrived.has(name)) ? whenAll() : stay({ ...state, arrived })
}

function startStep(state: RaceState, step: number): Decision {
  if (step >= state.steps.length) return over(state, 'done')
  return {
    state: { ...state, phase: 'running', step, arrived: new Set(), ended: {}, isCompleting: false },
    commands: [{ t: 'start-step', step, delayMs: 0 }]
  }
}

function taskEnded(state: RaceState, event: Extract<RaceEvent, { type: 'task-ended' }>): Decision {
  if (event.step !== state.step || state.isCompleting) return stay(state)
  const facts = state.steps[state.step]
  const task = facts?.completing.find((one) => one.task === event.task)
  if (task === undefined) return stay(state)
  const ended = { ...state.ended, [event.task]: (state.ended[event.task] ?? 0) + event.clients }
  const isComplete = task.any || (ended[event.task] ?? 0) >= task.clients
  if (!isComplete) return stay({ ...state, ended })
  return { state: { ...state, ended, isCompleting: true }, commands: [{ t: 'complete-task', step: state.step }] }
}

function cancel(state: RaceState, reason: string): Decision {
  if (state.phase === 'preparing') return over(state, 'cancelled', { t: 'cancel', reason, graceMs: 0 })
  if (state.phase === 'cancelling') return over(state, 'cancelled', { t: 'cancel', reason, graceMs: 0 })
  return { state: { ...state, phase: 'cancelling' }, commands: [{ t: 'cancel', reason, graceMs: CANCEL_GRACE_MS }] }
}

function over(state: RaceState, phase: 'done' | 'cancelled' | 'failed', before?: NodeCommand): Decision {
  const finish: NodeCommand = { t: 'finish' }
  return { state: { ...state, phase }, commands: before === undefined ? [finish] : [before, finish] }
}

function stay(state: RaceState): Decision {
  return { state, commands: [] }
}
