// The running step in figures, for people to watch.

import { mergeSparse } from '../sample/histogram.ts'
import type { Tally } from '../sample/task-recorder.ts'
import { SAMPLE_TYPES } from '../protocol/merge-results.ts'
import type { TaskResult } from '../protocol/messages.ts'
import type { RaceProgress, TaskProgress } from './race-request.ts'
import { isStopping, type RaceState } from './race-state.ts'
import type { StepCollector } from './step-collector.ts'
import type { StepFacts } from './step-facts.ts'
import type { Waits } from './waits.ts'

export interface ProgressParts {
  readonly facts: StepFacts | undefined
  readonly collector: StepCollector
  readonly waits: Waits
  readonly troubles: readonly string[]
}

export function progressOf(state: RaceState, { facts, collector, waits, troubles }: ProgressParts, nowMs: number): RaceProgress {
  const isLoading = state.phase === 'running' || isStopping(state)
  const tasks = isLoading && facts !== undefined ? facts.tasks.map((task, index) => taskProgress(task, facts.clients[index] ?? 0, collector)) : []
  // Where some nodes have joined, the others are waited for.
  const isWaiting = state.phase !== 'running' || state.arrived.size > 0 || tasks.every((task) => task.phase === 'done')
  const wait = waits.now(state, isWaiting, nowMs)
  return {
    step: state.step,
    steps: state.steps.length,
    waitingFor: isWaiting ? wait.what : null,
    waitingSeconds: (nowMs - wait.sinceMs) / 1000,
    tasks,
    troubles
  }
}

/** @param clients of the task, over all nodes: of some nothing may have been heard yet */
function taskProgress(task: string, clients: number, collector: StepCollector): TaskProgress {
  const facts = collector.progress(task)
  const tallies = SAMPLE_TYPES.flatMap((type) => collector.tally(task, type) ?? [])
  const second = collector.second(task, collector.newest(task))
  const latency = second === null ? null : mergeSparse([second.latency])
  const isDone = facts !== null && clients > 0 && facts.ended >= clients
  const isWarm = facts !== null && facts.warm === facts.clients
  return {
    task,
    completed: facts === null ? 0 : facts.completed,
    phase: isDone ? 'done' : isWarm ? 'measure' : 'warmup',
    throughput: second?.work ?? 0,
    unit: mainUnit(tallies),
    p50Ms: latency === null || latency.count === 0 ? null : latency.percentile(50),
    p99Ms: latency === null || latency.count === 0 ? null : latency.percentile(99),
    ...accountOf(tallies)
  }
}

/** A step that all nodes have joined: its whole account, for steps are often over before the next look at them. */
export function joinedProgress(state: RaceState, results: Readonly<Record<string, TaskResult>>): RaceProgress {
  const isWhole = state.phase === 'running'
  const tasks = Object.entries(results).map(([task, result]): TaskProgress => {
    const types = SAMPLE_TYPES.flatMap((type) => result.types[type] ?? [])
    const latency = mergeSparse(types.map((type) => type.histograms.latency))
    return {
      task,
      completed: isWhole ? 1 : null,
      phase: 'done',
      throughput: 0,
      unit: result.unit,
      p50Ms: latency.count === 0 ? null : latency.percentile(50),
      p99Ms: latency.count === 0 ? null : latency.percentile(99),
      ...accountOf(types.map((type) => type.tally))
    }
  })
  return { step: state.step, steps: state.steps.length, waitingFor: null, waitingSeconds: 0, tasks, troubles: [] }
}

function accountOf(tallies: readonly Tally[]): Pick<TaskProgress, 'requests' | 'errors'> {
  return {
    requests: tallies.reduce((sum, tally) => sum + tally.started, 0),
    errors: tallies.reduce((sum, tally) => sum + Object.values(tally.failed).reduce((total, count) => total + count, 0), 0)
  }
}

function mainUnit(tallies: readonly Tally[]): string {
  const works = tallies.flatMap((tally) => Object.entries(tally.work)).sort((a, b) => b[1] - a[1])
  return works[0]?.[0] ?? 'ops'
}
