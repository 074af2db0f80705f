// How long an answer takes when the node is told to take its time. Seeded, so that a run can be repeated.

import { RallyError } from '../../core/errors.ts'
import { unreachable } from '../../core/exhaustive.ts'
import type { Random } from '../../core/random.ts'

export type Delay =
  | { readonly kind: 'fixed'; readonly ms: number }
  | { readonly kind: 'exponential'; readonly meanMs: number }
  | { readonly kind: 'bimodal'; readonly lowMs: number; readonly highMs: number; readonly highShare: number }
  | { readonly kind: 'lognormal'; readonly medianMs: number; readonly sigma: number }

/** One delay, in milliseconds. */
export function sampleDelay(delay: Delay, random: Random): number {
  switch (delay.kind) {
    case 'fixed':
      return delay.ms
    case 'exponential':
      return -delay.meanMs * Math.log(1 - random())
    case 'bimodal':
      return random() < delay.highShare ? delay.highMs : delay.lowMs
    case 'lognormal': {
      // Box and Muller's transform.
      const normal = Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random())
      return delay.medianMs * Math.exp(delay.sigma * normal)
    }
    default:
      return unreachable(delay)
  }
}

/** `fixed:5`, `exponential:5`, `bimodal:5,50,0.1`, `lognormal:5,0.5`; throws RallyError. */
export function parseDelay(text: string): Delay {
  const [kind, rest = ''] = text.split(':')
  // Number('') is 0, but nothing is no number.
  const numbers = rest.split(',').map((part) => (part.trim() === '' ? Number.NaN : Number(part)))
  const [first = Number.NaN, second = Number.NaN, third = Number.NaN] = numbers
  const isGood = (count: number): boolean => numbers.length === count && numbers.every((number) => number >= 0 && Number.isFinite(number))
  if (kind === 'fixed' && isGood(1)) return { kind, ms: first }
  if (kind === 'exponential' && isGood(1)) return { kind, meanMs: first }
  if (kind === 'bimodal' && isGood(3) && third <= 1) return { kind, lowMs: first, highMs: second, highShare: third }
  if (kind === 'lognormal' && isGood(2)) return { kind, medianMs: first, sigma: second }
  throw new RallyError('usage', `embedded node: delay "${text}" is not understood`, {
    hint: 'fixed:MS, exponential:MEAN, bimodal:LOW,HIGH,SHARE_OF_HIGH or lognormal:MEDIAN,SIGMA, in milliseconds'
  })
}

export function printDelay(delay: Delay): string {
  switch (delay.kind) {
    case 'fixed':
      return `fixed:${delay.ms}`
    case 'exponential':
      return `exponential:${delay.meanMs}`
    case 'bimodal':
      return `bimodal:${delay.lowMs},${delay.highMs},${delay.highShare}`
    case 'lognormal':
      return `lognormal:${delay.medianMs},${delay.sigma}`
    default:
      return unreachable(delay)
  }
}
