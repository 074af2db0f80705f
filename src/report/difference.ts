// How far two figures are apart, in words and colours.

import { fixedText } from '../core/python-number.ts'

export interface Difference {
  /** `+0.10000`. */
  readonly absolute: string
  /** `+100.00%`; 0 where the baseline is 0. */
  readonly percent: string
}

export interface DifferenceOptions {
  /** A stored figure in the unit of the report. */
  readonly convert: (value: number) => number
  readonly higherIsBetter: boolean
  readonly color: boolean
}

/** Contender − baseline, of figures as stored. What would show as zero has no sign and no verdict. */
export function differenceOf(baseline: number, contender: number, options: DifferenceOptions): Difference {
  const change = contender - baseline
  const percent = baseline === 0 ? 0 : (change / baseline) * 100
  return { absolute: signed(options.convert(change), 5, '', options), percent: signed(percent, 2, '%', options) }
}

const [GREEN, RED, NEUTRAL] = ['32', '31', '39']

function signed(value: number, precision: number, suffix: string, { higherIsBetter, color }: DifferenceOptions): string {
  const threshold = Number(`1e-${precision}`)
  const text = fixedText(value, precision) + suffix
  if (value >= threshold) return painted(`+${text}`, higherIsBetter ? GREEN : RED, color)
  if (value <= -threshold) return painted(text, higherIsBetter ? RED : GREEN, color)
  return painted(text, NEUTRAL, color)
}

function painted(text: string, paint: string | undefined, color: boolean): string {
  return color ? `\u001b[${paint ?? ''};1m${text}\u001b[0m` : text
}
