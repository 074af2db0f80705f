// From what was watched to what the report says of it.

import type { HealthFinding } from '../metrics/measurement.ts'
import { ADD_DRIVERS, OWN_MACHINE, type FigureFacts } from './health-figures.ts'
import { isOver, lostPercent, type StepStalls } from './health-stalls.ts'
import { momentOf, type Run, type Watch, type WatchedStep } from './health-watch.ts'

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
  const warnsOnly = figure.weight !== 'breach' || !isStrict(run.first.step)
  const others = watch.places.size > 1 ? ` and ${watch.places.size - 1} more` : ''
  const { where, worst: value, seconds } = run
  return [{ figure: name, unit, worst: value, limit, breached: true, warnsOnly, where: `${where}${others}`, when: momentOf(run.first, run.last), seconds, advice: adviceFor(figure.advice, run.othersCpu) }]
}

function worstRun(runs: readonly Run[], isStrict: IsStrict): Run | null {
  const strict = runs.filter((run) => isStrict(run.first.step) || isStrict(run.last.step))
  return (strict.length > 0 ? strict : runs).reduce<Run | null>((worst, run) => (worst === null || run.seconds > worst.seconds ? run : worst), null)
}

/** More load drivers do not help where the cores go to somebody else. */
function adviceFor(advice: string, othersCpu: number): string {
  if (advice !== ADD_DRIVERS || othersCpu < MUCH_CPU) return advice
  return `other processes took ${Math.round(othersCpu * 100)} % of this machine's cores: ${OWN_MACHINE}`
}

/** The step in which a worker stood still for the greatest share of the time. */
export function stallFindings(steps: readonly StepStalls[], limitPercent: number, isStrict: IsStrict): HealthFinding[] {
  const over = steps.filter((one) => isOver(one, limitPercent))
  const strict = over.filter(({ stretch }) => isStrict(stretch.step))
  const candidates = strict.length > 0 ? strict : over.length > 0 ? over : steps
  const worst = candidates.reduce<StepStalls | null>((most, one) => (most === null || lostPercent(one) > lostPercent(most) ? one : most), null)
  if (worst === null) return []
  const { where, longest, longestMs, othersCpu } = worst
  const breached = over.length > 0
  const cause = othersCpu < MUCH_CPU ? 'was it stopped (Ctrl-Z, a debugger), did the machine sleep or swap, or was it busy with something else?' : adviceFor(ADD_DRIVERS, othersCpu)
  return [
    {
      figure: 'time in stalls',
      unit: '% of the step',
      worst: lostPercent(worst),
      limit: limitPercent,
      breached,
      warnsOnly: strict.length === 0,
      where,
      when: momentOf(longest),
      seconds: worst.lostMs / 1000,
      advice: breached ? `the worker stood still for up to ${Math.round(longestMs)} ms: ${cause}` : ''
    }
  ]
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
    when: run === undefined ? null : momentOf(run.first, run.last),
    seconds: run?.seconds ?? 0,
    advice: breached ? 'the disk or main thread could not keep up: raise sample.queue.size, use a faster disk, or add load drivers' : ''
  }
}

/** Figures without a part of the load are not the ones that were asked for. */
export function lostFinding(what: string): HealthFinding {
  const advice = 'look into its log file'
  return { figure: `lost: ${what}`, unit: '', worst: null, limit: null, breached: true, warnsOnly: false, where: '', when: null, seconds: 0, advice }
}
