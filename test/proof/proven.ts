// What every proof gives back: a figure that was expected, the one that was measured, and how far apart they may be.

import type { HttpEngine } from '../../src/target/target-options.ts'

/** Proves with one of the two engines that send. */
export type Prove = (engine: HttpEngine) => Promise<Proven[]>

export interface Proven {
  readonly name: string
  readonly unit: string
  readonly expected: number | string
  readonly measured: number | string
  /** Least and greatest value that passes; a word where the figure is one. */
  readonly allowed: readonly [number, number] | string
  readonly ok: boolean
}

interface Pair {
  readonly expected: number
  readonly measured: number
}

export function between(name: string, unit: string, { expected, measured }: Pair, allowed: readonly [number, number]): Proven {
  return { name, unit, expected, measured, allowed, ok: measured >= allowed[0] && measured <= allowed[1] }
}

/** Within `slack` of what is expected, to both sides. */
export function near(name: string, unit: string, pair: Pair, slack: number): Proven {
  return between(name, unit, pair, [pair.expected - slack, pair.expected + slack])
}

/** As little as possible, and not more than `limit`. */
export function atMost(name: string, unit: string, measured: number, limit: number): Proven {
  return between(name, unit, { expected: 0, measured }, [0, limit])
}

export function exactly(name: string, unit: string, pair: Pair): Proven {
  return near(name, unit, pair, 0)
}

export function word(name: string, { expected, measured }: { readonly expected: string; readonly measured: string }): Proven {
  return { name, unit: '', expected, measured, allowed: expected, ok: measured === expected }
}

/** How far a time may be off where a share of it says less than the clocks can: 1 % or 0.3 ms. */
export function timeSlack(expectedMs: number): number {
  return Math.max(expectedMs * 0.01, 0.3)
}

/** As a line of the table. */
export function lineOf({ name, unit, expected, measured, allowed, ok }: Proven): string {
  const range = typeof allowed === 'string' ? allowed : `${shown(allowed[0])} … ${shown(allowed[1])}`
  const figures = [shown(expected).padStart(10), shown(measured).padStart(10), range.padStart(23)].join('  ')
  return `${ok ? 'ok    ' : 'MISSED'}  ${name.padEnd(78)} ${figures}  ${unit}`
}

export const HEAD = `${' '.repeat(8)}${'proof'.padEnd(78)} ${['expected'.padStart(10), 'measured'.padStart(10), 'allowed'.padStart(23)].join('  ')}`

function shown(value: number | string): string {
  if (typeof value === 'string' || !Number.isFinite(value)) return String(value)
  return Number.isInteger(value) ? String(value) : value.toPrecision(Math.abs(value) < 1000 ? 4 : 6)
}
