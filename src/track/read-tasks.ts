// One element of a schedule: a task, or tasks in parallel.

import { didYouMean } from '../core/close-match.ts'
import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'
import type { DocumentPath } from './document-path.ts'
import { shown, slipOf } from './mistake.ts'
import type { OperationReader } from './read-operations.ts'
import { looseText, member, numberAt, objectAt, objectsAt, textAt, type Findings } from './reading.ts'
import { targetThroughputOf } from './target-throughput.ts'
import type { Parallel, Task } from './track.ts'

export interface TaskContext {
  readonly challenge: string
  readonly operations: OperationReader
  readonly findings: Findings
}

/** A task, or null after reporting why there is none. `around`: the `parallel` element it stands in. */
export function readTask(spec: JsonObject, path: DocumentPath, context: TaskContext, around: JsonObject = {}): Task | null {
  const { findings, challenge } = context
  const operationSpec = member(spec, 'operation')
  if (operationSpec === undefined) {
    // Inside `parallel` the schema has said so already.
    if (!path.includes('parallel'))
      findings.mistake(path, `[operation] is missing in a task of challenge [${challenge}]: ${shown(spec)}${slipOf('operation', spec)}`)
    return null
  }
  const operation = context.operations.read(operationSpec, [...path, 'operation'], challenge)
  if (operation === null) return null
  const period = (key: string): number | null => (Object.hasOwn(spec, key) ? numberAt(spec, key) : numberAt(around, key))
  const name = textAt(spec, 'name') ?? operation.name
  const completedBy = textAt(around, 'completed-by')
  const task: Task = {
    kind: 'task',
    name,
    tags: readTags(member(spec, 'tags'), [...path, 'tags'], findings),
    operation,
    meta: objectAt(spec, 'meta'),
    clients: numberAt(spec, 'clients') ?? 1,
    warmupIterations: period('warmup-iterations'),
    iterations: period('iterations'),
    warmupTimePeriod: period('warmup-time-period'),
    timePeriod: period('time-period'),
    rampUpTimePeriod: period('ramp-up-time-period'),
    completesParent: name === completedBy,
    anyCompletesParent: completedBy === 'any',
    schedule: looseText(member(spec, 'schedule')),
    // An inline operation is the same object in both places, so what was added to it shows here too.
    params: isObject(operationSpec) ? { ...spec, operation: operation.params } : spec
  }
  checkPeriods(task, path, context)
  warnOfLateErrors(task, path, findings)
  return task
}

function readTags(value: JsonValue | undefined, path: DocumentPath, findings: Findings): readonly string[] {
  if (value === undefined || value === null) return []
  if (typeof value === 'string') return [value]
  const tags = Array.isArray(value) ? (value as readonly JsonValue[]).filter((tag): tag is string => typeof tag === 'string') : []
  if (!Array.isArray(value) || tags.length < value.length)
    findings.warn(path, `must be a text or a list of texts to have any effect but is ${shown(value)}`)
  return tags
}

/** Elastic Rally's rules on mixing iterations, time periods and ramp-up. */
function checkPeriods(task: Task, path: DocumentPath, { findings, challenge }: TaskContext): void {
  const { warmupIterations, iterations, warmupTimePeriod, timePeriod, rampUpTimePeriod } = task
  const who = `task [${task.name}] of challenge [${challenge}]`
  if (warmupIterations !== null && timePeriod !== null) {
    findings.mistake(
      path,
      `${who} has [warmup-iterations] ${warmupIterations} and [time-period] ${timePeriod}, but iterations and time periods must not be mixed`
    )
  } else if (warmupTimePeriod !== null && iterations !== null) {
    findings.mistake(
      path,
      `${who} has [warmup-time-period] ${warmupTimePeriod} and [iterations] ${iterations}, but iterations and time periods must not be mixed`
    )
  } else if (iterations !== null && timePeriod !== null) {
    findings.warn(
      path,
      `${who} has [iterations] ${iterations} and [time-period] ${timePeriod}: the time period counts, the iterations do not`
    )
  }
  if (rampUpTimePeriod === null) return
  if (warmupIterations !== null || iterations !== null) {
    const which = iterations === null ? 'warmup-iterations' : 'iterations'
    findings.mistake(
      path,
      `${who} has [ramp-up-time-period] ${rampUpTimePeriod} and [${which}] ${iterations ?? warmupIterations}, but iterations and time periods must not be mixed`
    )
  }
  if (warmupTimePeriod === null) {
    findings.mistake(path, `${who} has [ramp-up-time-period] ${rampUpTimePeriod} but no [warmup-time-period]`)
  } else if (warmupTimePeriod < rampUpTimePeriod) {
    findings.mistake(
      path,
      `${who} has [warmup-time-period] ${warmupTimePeriod}, which must be at least its [ramp-up-time-period] ${rampUpTimePeriod}`
    )
  }
}

/** What a race refuses when it comes to the task, and Elastic Rally's loader does not look at. */
function warnOfLateErrors(task: Task, path: DocumentPath, findings: Findings): void {
  const throughput = targetThroughputOf(task)
  if (throughput !== null && 'problem' in throughput) findings.warn(path, `a race will refuse task [${task.name}]: ${throughput.problem}`)
  const level = member(task.params, 'ignore-response-error-level')
  if (level !== undefined && level !== null && level !== '' && level !== 'non-fatal') {
    const hint = typeof level === 'string' ? didYouMean(level, ['non-fatal']) : ''
    findings.warn(
      [...path, 'ignore-response-error-level'],
      `a race will refuse task [${task.name}]: the only level is [non-fatal] but it is ${shown(level)}${hint}`
    )
  }
}

/** A `parallel` element; tasks that could not be read are left out. */
export function readParallel(spec: JsonObject, path: DocumentPath, context: TaskContext): Parallel {
  const tasks: Task[] = []
  let isWhole = true
  for (const [i, taskSpec] of objectsAt(spec, 'tasks')) {
    const taskPath = [...path, 'tasks', i]
    const task = readTask(taskSpec, taskPath, context, spec)
    if (task === null) isWhole = false
    else {
      tasks.push(task)
      checkRampUp(task, numberAt(spec, 'ramp-up-time-period'), taskPath, context)
    }
  }
  if (isWhole && tasks.length > 0) checkCompletion(textAt(spec, 'completed-by'), tasks, [...path, 'completed-by'], context)
  return { kind: 'parallel', tasks, clients: numberAt(spec, 'clients') }
}

/** One task may end the element, or any may; a task that is itself named `any` counts only if it comes first. */
function checkCompletion(
  completedBy: string | null,
  tasks: readonly Task[],
  path: DocumentPath,
  { findings, challenge }: TaskContext
): void {
  if (completedBy === null || completedBy === '') return
  let found = false
  for (const task of tasks) {
    if (task.completesParent && found) {
      return findings.mistake(
        path,
        `[${completedBy}] names several tasks of the parallel element of challenge [${challenge}], but must name one`
      )
    }
    if (task.completesParent || task.anyCompletesParent) found = true
  }
  if (found) return
  const hint = didYouMean(completedBy, [...tasks.map((task) => task.name), 'any'])
  findings.mistake(path, `[${completedBy}] names no task of the parallel element of challenge [${challenge}]${hint}`)
}

function checkRampUp(task: Task, parallelRampUp: number | null, path: DocumentPath, { findings, challenge }: TaskContext): void {
  if (task.rampUpTimePeriod === parallelRampUp) return
  const place = [...path, 'ramp-up-time-period']
  const who = `task [${task.name}] of a parallel element of challenge [${challenge}]`
  if (parallelRampUp === null)
    findings.mistake(place, `${who} has a [ramp-up-time-period] of ${task.rampUpTimePeriod}, but only the parallel element may have one`)
  else
    findings.mistake(place, `${who} has a [ramp-up-time-period] of ${task.rampUpTimePeriod}, the parallel element one of ${parallelRampUp}`)
}
