// `minimum_should_match`: 2, -1, "75%", "-25%".

import { illegalArgument, unsupported } from '../api-error.ts'
import { show } from '../show.ts'

/** How many of `count` clauses have to match. */
export function minimumMatches(value: unknown, count: number, fallback: number): number {
  if (value === undefined || value === null) return fallback
  const text = show(value).trim()
  const match = /^(-?\d{1,6})(%?)$/.exec(text)
  if (match === null) {
    if (text.includes('<')) throw unsupported(`minimum_should_match [${text}]`)
    throw illegalArgument(`failed to parse [minimum_should_match] value [${text}]`)
  }
  const number = Number(match[1])
  if (match[2] === '') return Math.max(0, number < 0 ? count + number : number)
  const part = Math.trunc((count * number) / 100)
  return Math.max(0, number < 0 ? count + part : part)
}
