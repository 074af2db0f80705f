// `--include-tasks`, `--exclude-tasks` and what may run on a serverless cluster.

import { didYouMean } from '../core/close-match.ts'
import { isTruthy, member } from './reading.ts'
import { BUILT_IN_TYPES } from './operation-types.ts'
import { tasksOf, type Challenge, type ScheduleElement, type Task, type Track } from './track.ts'

export interface TaskFilter {
  /** As given: `NAME`, `type:TYPE` or `tag:TAG`. */
  readonly text: string
  readonly matches: (task: Task) => boolean
  /** What a task offers to be matched by: for nearest words. */
  readonly offers: (task: Task) => readonly string[]
}

/** The filter that a text stands for, or what is wrong with it in words. */
export function taskFilter(text: string): TaskFilter | { readonly problem: string } {
  const [kind = '', value, ...rest] = text.split(':')
  if (value === undefined) return { text, matches: (task) => task.name === kind, offers: (task) => [task.name] }
  if (rest.length > 0) return { problem: `[${text}] is no task filter: it must be NAME, type:TYPE or tag:TAG` }
  if (kind === 'type') return { text, matches: (task) => task.operation.type === value, offers: (task) => [`type:${task.operation.type}`] }
  if (kind === 'tag') return { text, matches: (task) => task.tags.includes(value), offers: (task) => task.tags.map((tag) => `tag:${tag}`) }
  return { problem: `[${text}] is no task filter: [${kind}] is neither [type] nor [tag]${didYouMean(kind, ['type', 'tag'])}` }
}

/** Keeps only tasks that a filter matches; `parallel` elements without any are dropped. In all challenges. */
export function includeTasks(track: Track, filters: readonly TaskFilter[]): Track {
  return withSchedules(track, (schedule) =>
    schedule.flatMap((element) => {
      const kept = tasksOf(element).filter((task) => filters.some((filter) => filter.matches(task)))
      if (kept.length === 0) return []
      return [element.kind === 'task' ? element : { ...element, tasks: kept }]
    })
  )
}

/** Drops tasks that a filter matches; a `parallel` element stays, even if it is empty then, as in Elastic Rally. */
export function excludeTasks(track: Track, filters: readonly TaskFilter[]): Track {
  const isKept = (task: Task): boolean => !filters.some((filter) => filter.matches(task))
  return withSchedules(track, (schedule) =>
    schedule.flatMap((element): ScheduleElement[] => {
      if (element.kind === 'parallel') return [{ ...element, tasks: element.tasks.filter(isKept) }]
      return isKept(element) ? [element] : []
    })
  )
}

/** A line for each filter that matches no task of any challenge, with the nearest one that would. */
export function idleFilters(track: Track, filters: readonly TaskFilter[]): string[] {
  const tasks = track.challenges.flatMap((challenge) => challenge.schedule.flatMap(tasksOf))
  return filters
    .filter((filter) => !tasks.some(filter.matches))
    .map((filter) => `task filter [${filter.text}] matches no task${didYouMean(filter.text, new Set(tasks.flatMap(filter.offers)))}`)
}

/** What was left out for a serverless cluster, one line per decision. */
export interface ServerlessSelection {
  readonly track: Track
  readonly lines: readonly { readonly challenge: string; readonly text: string }[]
}

/**
 * Drops tasks that a serverless cluster does not allow; `parallel` elements are taken whole, types of the track's own are allowed.
 * @param isOperator whether the user operates the cluster: then internal operations are allowed too
 */
export function selectForServerless(track: Track, isOperator: boolean): ServerlessSelection {
  const lines: { challenge: string; text: string }[] = []
  const selected = withSchedules(track, (schedule, challenge) => {
    for (const element of schedule) {
      if (element.kind === 'parallel') lines.push({ challenge, text: `Treating parallel task in challenge [${challenge}] as public.` })
    }
    const dropped = schedule.filter((element) => element.kind === 'task' && !runsOnServerless(element, isOperator))
    if (dropped.length > 0) {
      const names = dropped.flatMap(tasksOf).map((task) => `[${task.name}]`)
      lines.push({ challenge, text: `Excluding ${names.join(', ')} as challenge [${challenge}] is run on serverless.` })
    }
    return schedule.filter((element) => !dropped.includes(element))
  })
  return { track: selected, lines }
}

function runsOnServerless(task: Task, isOperator: boolean): boolean {
  const asked = member(task.operation.params, 'run-on-serverless') ?? null
  if (asked !== null) return isTruthy(asked)
  const status = BUILT_IN_TYPES.get(task.operation.type)?.serverless ?? 'public'
  return status === 'public' || (isOperator && status === 'internal')
}

function withSchedules(
  track: Track,
  change: (schedule: readonly ScheduleElement[], challenge: string) => readonly ScheduleElement[]
): Track {
  const challenges = track.challenges.map((challenge): Challenge => ({
    ...challenge,
    schedule: change(challenge.schedule, challenge.name)
  }))
  return { ...track, challenges }
}
