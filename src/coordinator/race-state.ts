// What a race does next: the only place that decides. Pure: an event goes in, the next state and the commands come out.
//
// | phase      | event                                       | next        | commands                                   |
// |------------|---------------------------------------------|-------------|--------------------------------------------|
// | preparing  | `prepared` from the last node               | running 0   | start-step 0 to all (no steps: finish)     |
// | preparing  | the user cancels                            | cancelled   | cancel without grace, finish to all        |
// | preparing  | `failed`, or a node is lost                 | failed      | cancel without grace, finish to all        |
// | running k  | `task-ended` of all completing clients      | running k   | complete-task k to all, once               |
// | running k  | `step-joined` from the last node, more steps| running k+1 | start-step k+1 to all                      |
// | running    | `step-joined` from the last node, last step | done        | finish to all                              |
// | running k  | the user cancels                            | cancelling k| cancel to all, with a grace                |
// | running k  | `failed`                                    | failing k   | cancel to all, without grace               |
// | running k  | a node is lost: abort, or it was the last   | failing k   | cancel to all, without grace               |
// | running k  | a node is lost: continue                    | running k   | as if it had joined, and its clients ended |
// | cancelling | `step-joined` from the last node            | cancelled   | finish to all                              |
// | cancelling | the user cancels again, or it is late       | cancelled   | cancel without grace, finish to all        |
// | cancelling | `failed`                                    | the same    | none                                       |
// | failing    | `step-joined` from the last node            | failed      | finish to all                              |
// | failing    | the user cancels, or it is late             | failed      | cancel without grace, finish to all        |
// | done, cancelled, failed | anything                       | the same    | none                                       |
//
// A lost node is waited for no more, in any phase: if it was the last one, the phase ends as if it had joined.

import { entryOf } from '../core/dictionary.ts'
import { unreachable } from '../core/exhaustive.ts'
import type { KeptCommand } from '../protocol/messages.ts'
import { isComplete } from './completion.ts'
import type { OnNodeLoss } from './race-request.ts'
import type { StepFacts } from './step-facts.ts'

export type RacePhase = 'preparing' | 'running' | 'cancelling' | 'failing' | 'done' | 'cancelled' | 'failed'

export interface RaceState {
  readonly phase: RacePhase
  readonly step: number
  readonly steps: readonly StepFacts[]
  readonly nodes: readonly string[]
  readonly onNodeLoss: OnNodeLoss
  /** Nodes whose `prepared` or `step-joined` of the present phase has come. */
  readonly arrived: ReadonlySet<string>
  /** Nodes that will say nothing more. */
  readonly lost: ReadonlySet<string>
  /** Clients that are done in this step, by completing task and node. */
  readonly ended: Readonly<Record<string, Readonly<Record<string, number>>>>
  readonly isCompleting: boolean
}

export type RaceEvent =
  | { readonly type: 'prepared'; readonly node: string }
  | { readonly type: 'task-ended'; readonly node: string; readonly step: number; readonly task: string; readonly clients: number }
  | { readonly type: 'step-joined'; readonly node: string; readonly step: number }
  /** A node that failed while a step ran still tells what it measured. */
  | { readonly type: 'failed'; readonly node: string }
  | { readonly type: 'lost'; readonly node: string }
  | { readonly type: 'cancel'; readonly reason: string }
  /** A node that was told to stop has not joined in time. */
  | { readonly type: 'late' }

/** To all nodes, in this order. */
export interface Decision {
  readonly state: RaceState
  readonly commands: readonly KeptCommand[]
}

/** What is in flight when the user cancels may take this long. */
export const CANCEL_GRACE_MS = 5000

export function initialState(nodes: readonly string[], steps: readonly StepFacts[], onNodeLoss: OnNodeLoss = 'abort'): RaceState {
  return { phase: 'preparing', step: 0, steps, nodes, onNodeLoss, arrived: new Set(), lost: new Set(), ended: {}, isCompleting: false }
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
      return arrive(state, event.node, () => stepIsOver(state))
    case 'failed':
      return failed(state, `node ${event.node} failed`)
    case 'lost':
      return lost(state, event.node)
    case 'cancel':
      return cancel(state, event.reason)
    case 'late':
      return isStopping(state) ? stopNow(state, 'a node did not stop in time') : stay(state)
    default:
      return unreachable(event)
  }
}

export function isOver(state: RaceState): boolean {
  return state.phase === 'done' || state.phase === 'cancelled' || state.phase === 'failed'
}

/** All were told to stop, and are waited for. */
export function isStopping(state: RaceState): boolean {
  return state.phase === 'cancelling' || state.phase === 'failing'
}

/** Nodes that have not arrived yet: whom the race waits for. */
export function missing(state: RaceState): string[] {
  return state.nodes.filter((node) => !state.arrived.has(node) && !state.lost.has(node))
}

function arrive(state: RaceState, node: string, whenAll: () => Decision): Decision {
  const next = { ...state, arrived: new Set(state.arrived).add(node) }
  return missing(next).length === 0 ? whenAll() : stay(next)
}

function stepIsOver(state: RaceState): Decision {
  if (state.phase === 'cancelling') return over(state, 'cancelled')
  return state.phase === 'failing' ? over(state, 'failed') : startStep(state, state.step + 1)
}

function startStep(state: RaceState, step: number): Decision {
  if (step >= state.steps.length) return over(state, 'done')
  const next: RaceState = { ...state, phase: 'running', step, arrived: new Set(), ended: {}, isCompleting: false }
  // A task that ends its `parallel` may have been a lost node's alone.
  const completion = completeIfDone(next)
  return { state: completion.state, commands: [{ t: 'start-step', step, delayMs: 0 }, ...completion.commands] }
}

function taskEnded(state: RaceState, event: Extract<RaceEvent, { type: 'task-ended' }>): Decision {
  if (event.step !== state.step || state.isCompleting || isStopping(state)) return stay(state)
  const ended = { ...state.ended, [event.task]: { ...entryOf(state.ended, event.task), [event.node]: event.clients } }
  return completeIfDone({ ...state, ended })
}

function completeIfDone(state: RaceState): Decision {
  const facts = state.steps[state.step]
  if (state.isCompleting || facts === undefined || !isComplete(facts, state.ended, state.lost)) return stay(state)
  return { state: { ...state, isCompleting: true }, commands: [{ t: 'complete-task', step: state.step }] }
}

function lost(before: RaceState, node: string): Decision {
  if (before.lost.has(node) || !before.nodes.includes(node)) return stay(before)
  const state = { ...before, lost: new Set(before.lost).add(node) }
  const goesOn = state.phase === 'running' && state.onNodeLoss === 'continue' && state.lost.size < state.nodes.length
  if (!goesOn) return failed(state, `node ${node} is lost`)
  return missing(state).length === 0 ? stepIsOver(state) : completeIfDone(state)
}

function failed(state: RaceState, reason: string): Decision {
  if (state.phase === 'preparing') return over(state, 'failed', { t: 'cancel', reason, graceMs: 0 })
  const commands: KeptCommand[] = state.phase === 'running' ? [{ t: 'cancel', reason, graceMs: 0 }] : []
  const next: RaceState = { ...state, phase: state.phase === 'running' ? 'failing' : state.phase }
  if (missing(next).length > 0) return { state: next, commands }
  const end = stepIsOver(next)
  return { state: end.state, commands: [...commands, ...end.commands] }
}

function cancel(state: RaceState, reason: string): Decision {
  if (state.phase !== 'running') return stopNow(state, reason)
  return { state: { ...state, phase: 'cancelling' }, commands: [{ t: 'cancel', reason, graceMs: CANCEL_GRACE_MS }] }
}

function stopNow(state: RaceState, reason: string): Decision {
  return over(state, state.phase === 'failing' ? 'failed' : 'cancelled', { t: 'cancel', reason, graceMs: 0 })
}

function over(state: RaceState, phase: 'done' | 'cancelled' | 'failed', before?: KeptCommand): Decision {
  const finish: KeptCommand = { t: 'finish' }
  return { state: { ...state, phase }, commands: before === undefined ? [finish] : [before, finish] }
}

function stay(state: RaceState): Decision {
  return { state, commands: [] }
}
