// From what was watched to what the report says of it.

import type { HealthFinding } from '../metrics/measurement.ts'
import { ADD_DRIVERS, OWN_MACHINE, type FigureFacts } from './health-figures.ts'
import { momentOf, momentOfRun, type Run, type Watch, type WatchedStep } from './health-watch.ts'
import type { LatenessLimits } from './lateness-limits.ts'
import { p99Ms, type StepLateness } from './step-lateness.ts'

/** Whether a busy core is a fault in this step. */
export type IsStrict = (step: WatchedStep) => boolean

/** Share of the cores from which on other processes are named as the cause. */
const MUCH_CPU = 0.25

/** The most serious breach of a figure, else its worst value; nothing if nobody could tell it. */
export function figureFinding(figure: FigureFacts, watch: Watch, isStrict: IsStrict): HealthFinding[] {
  const { worst } = watch
  if (worst === null) return []
  const { name, unit, limit } = figure
  const run = worstRun(watch.breaches, isStrict)
  if (run === null) {
    return [{ figure: name, unit, worst: worst.value, limit, breached: false, warnsOnly: false, where: worst.where, when: momentOf(worst.stretch), seconds: 0, advice: '' }]
  }
  const warnsOnly = figure.weight !== 'breach' || !run.steps.every(isStrict)
  const others = watch.places.size > 1 ? ` and ${watch.places.size - 1} more` : ''
  const { where, worst: value, seconds } = run
  return [{ figure: name, unit, worst: value, limit, breached: true, warnsOnly, where: `${where}${others}`, when: momentOfRun(run), seconds, advice: adviceFor(figure.advice, run.othersCpu) }]
}

/** The longest of those that are a fault in all their steps; else the longest. */
function worstRun(runs: readonly Run[], isStrict: IsStrict): Run | null {
  const strict = runs.filter((run) => run.steps.every(isStrict))
  return (strict.length > 0 ? strict : runs).reduce<Run | null>((worst, run) => (worst === null || run.seconds > worst.seconds ? run : worst), null)
}

/** More load drivers do not help where the cores go to somebody else. */
export function adviceFor(advice: string, othersCpu: number): string {
  if (advice !== ADD_DRIVERS || othersCpu < MUCH_CPU) return advice
  return `other processes took ${Math.round(othersCpu * 100)} % of this machine's cores: ${OWN_MACHINE}`
}

/** Steps shorter than that are a moment's noise. */
const MIN_STEP_MS = 3000
const STANDSTILL_MS = 1000

/** The step whose worker was late for the most, measured by what its tasks can bear. */
export function latenessFinding(steps: readonly StepLateness[], limits: LatenessLimits, isStrict: IsStrict): HealthFinding[] {
  const judged = steps
    .filter((late) => late.elapsedMs >= MIN_STEP_MS)
    .map((late) => ({ late, worst: p99Ms(late), limit: limits.ofStep(late.step), strict: isStrict(late.step) }))
    .map((one) => ({ ...one, over: one.worst / one.limit }))
    .sort((a, b) => Number(b.strict && b.over > 1) - Number(a.strict && a.over > 1) || b.over - a.over)
  const [first] = judged
  if (first === undefined) return []
  const { late, worst, limit, strict, over } = first
  const breached = over > 1
  return [
    {
      figure: 'event-loop delay p99 of the step',
      unit: 'ms',
      worst,
      limit,
      breached,
      warnsOnly: !strict,
      where: late.where,
      when: momentOf(late.longest),
      seconds: Math.round(late.longestMs) / 1000,
      advice: breached ? latenessAdvice(late) : ''
    }
  ]
}

function latenessAdvice({ longestMs, othersCpu }: StepLateness): string {
  if (longestMs < STANDSTILL_MS) return adviceFor(ADD_DRIVERS, othersCpu)
  return `the worker stood still for up to ${Math.round(longestMs)} ms: was it stopped (Ctrl-Z, a debugger), or did its machine sleep, swap or serve others?`
}

export function dropFinding(dropped: number, limit: number, watch: Watch): HealthFinding {
  const run = watch.breaches[0]
  const breached = dropped > limit
  return {
    figure: 'dropped samples',
    unit: '',
    worst: dropped,
    limit,
    breached,
    warnsOnly: false,
    where: run?.where ?? 'all workers',
    when: run === undefined ? null : momentOfRun(run),
    seconds: run?.seconds ?? 0,
    advice: breached ? 'the disk or main thread could not keep up: raise sample.queue.size, use a faster disk, or add load drivers' : ''
  }
}

/** Figures without a part of the load are not the ones that were asked for. */
export function lostFinding(what: string): HealthFinding {
  const advice = 'look into its log file'
  return { figure: `lost: ${what}`, unit: '', worst: null, limit: null, breached: true, warnsOnly: false, where: '', when: null, seconds: 0, advice }
}
