// How a race ends for who called it: the error that decides the exit code, and what is said besides.

import { RallyError } from '../core/errors.ts'
import type { RaceOutcome } from '../coordinator/race-request.ts'
import { breaches, breachText } from '../report/health-text.ts'

/** Figures of a load generator that did not keep up cannot say whether a criterion was met: only these errors stand behind it. */
const OUTRANKED = ['criterion', 'stopped']

/** What ends the command, the most serious first: a bug, a cancel, any error, an invalid race, a criterion; null: all is well. */
export function endOf({ error, race, health }: Pick<RaceOutcome, 'error' | 'race' | 'health'>): Error | null {
  if (health.verdict !== 'invalid') return error
  if (error !== null && !(error instanceof RallyError && OUTRANKED.includes(error.kind))) return error
  const [worst] = breaches(race)
  const message = worst === undefined ? 'the load generator did not keep up' : breachText(worst)
  return new RallyError('invalid', message, {
    hint: 'these figures measure the load generator as well as the target; the report shows more under "Load generator"'
  })
}

/** What was over its limits, unless the error says it. */
export function healthWarnings({ race, health }: Pick<RaceOutcome, 'race' | 'health'>, error: Error | null): readonly string[] {
  const isTold = error instanceof RallyError && error.kind === 'invalid'
  if (health.verdict === 'ok' || isTold) return []
  const meaning = health.verdict === 'invalid' ? 'did not keep up, so the figures cannot be trusted' : 'was close to its limits'
  return [`The load generator ${meaning}: ${breaches(race).map(breachText).join('; ')}`]
}
