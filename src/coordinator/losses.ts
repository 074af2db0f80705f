// What is said of a node that is lost, and of figures that are therefore missing.

import { RallyError } from '../core/errors.ts'
import type { NodeRecord, NodeRoll } from './node-roll.ts'
import type { RaceState } from './race-state.ts'
import type { StepCollector } from './step-collector.ts'

/** `node b has been silent for 10 s in step 2 of 5`. `doing`: what it said it does before it is ready. */
export function lossText(node: string, what: string, { phase, step, steps }: RaceState, doing: string | null): string {
  if (phase !== 'preparing') return `node ${node} ${what} in step ${step + 1} of ${steps.length}`
  return `node ${node} ${what} while preparing${doing === null ? '' : ` (${doing})`}`
}

/** Once a step has begun, figures without this node's are not the ones that were asked for. */
export function lossError(message: string, node: string, isPreparing: boolean): RallyError {
  return new RallyError(isPreparing ? 'node' : 'invalid', message, { hint: `look into the log file of node ${node}` })
}

/** Parts of the load generator that were lost once the load had begun. */
export function lostParts(nodes: readonly NodeRecord[], error: Error | null): string[] {
  const lost = nodes.flatMap(({ name, lost: loss }) => (loss === null || loss.step === null ? [] : [`node ${name} ${loss.why} in step ${loss.step + 1}`]))
  const isWorker = lost.length === 0 && error instanceof RallyError && error.kind === 'invalid'
  return isWorker ? [error.message] : lost
}

/** Nodes whose part of a step (from 0), or some of it, is missing. */
export function missingIn(step: number, nodes: readonly NodeRecord[]): string[] {
  return nodes.flatMap(({ name, lost }) => (lost === null || lost.step === null || lost.step > step ? [] : [name]))
}

/** A line for each node that has not told all of a step that is over. */
export function untold(collector: StepCollector, roll: NodeRoll): string[] {
  return roll.records().flatMap(({ name, lost }) => {
    const told = collector.toldBy(name)
    if (told === 'all' || (lost?.step ?? collector.step) < collector.step) return []
    const where = `in step ${collector.step + 1}`
    if (told === 'nothing') return [`node ${name} told nothing of what it did ${where}`]
    return [`node ${name} did not tell all that it measured ${where}: its figures are those of its last second`]
  })
}

/** Where several nodes say something, who it was, unless it says so itself. */
export function errorAt(node: string, error: Error): Error {
  if (!(error instanceof RallyError) || error.message.startsWith(`node ${node}`)) return error
  return new RallyError(error.kind, `node ${node}: ${error.message}`, { hint: error.hint, problems: error.problems, cause: error.cause })
}
