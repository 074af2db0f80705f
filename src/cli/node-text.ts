// What a node does and is, in words.

import { countText, durationText, sizeText } from '../core/units.ts'
import type { NodeFacts } from '../protocol/hello.ts'
import type { NodeState, NodeStatus } from '../protocol/status-messages.ts'

/** Long ids are told apart by their beginning. */
const ID_CHARS = 12
const PROGRAM_CHARS = 8

/** `running race 9150a48e… step 2 of 5` */
export function stateText(state: NodeState): string {
  if (state.is === 'idle') return 'idle'
  const race = `race ${shortId(state.race)}`
  switch (state.is) {
    case 'preparing':
      return `preparing ${race}`
    case 'ready':
      return state.step === null ? `ready for ${race}` : `between steps of ${race}, ${stepText(state.step, state.steps)} done`
    case 'running':
      return `running ${race} step ${stepText(state.step ?? 0, state.steps)}`
    default:
      return `ending ${race}`
  }
}

function stepText(step: number, steps: number): string {
  return `${step + 1} of ${steps}`
}

function shortId(race: string): string {
  return race.length > ID_CHARS + 1 ? `${race.slice(0, ID_CHARS)}…` : race
}

export function programText(program: string): string {
  return program.slice(0, PROGRAM_CHARS)
}

export function chunksText({ count, bytes }: NodeStatus['chunks']): string {
  return count === 0 ? '0' : `${countText(count)} (${sizeText(bytes)})`
}

export function freeDiskText({ freeDiskBytes }: NodeFacts): string {
  return freeDiskBytes === null ? '?' : sizeText(freeDiskBytes)
}

/** `3m 12s`; whole seconds. */
export function forText(ms: number): string {
  return durationText(Math.round(ms / 1000))
}

/** `0.21 ms`, `12 ms` */
export function roundTripText(ms: number): string {
  return `${ms < 10 ? ms.toFixed(2) : ms.toFixed(0)} ms`
}

/** `+12 ms`, `-3.2 s`: below half of a round trip nothing is known. */
export function offsetText(offsetMs: number, roundTripMs: number): string {
  const size = Math.abs(offsetMs)
  if (size <= roundTripMs / 2 + 1) return '0 ms'
  const sign = offsetMs < 0 ? '-' : '+'
  return size < 1000 ? `${sign}${size.toFixed(0)} ms` : `${sign}${(size / 1000).toFixed(1)} s`
}
