// What the nodes told, read from their files instead of from their connections: the same messages go the same way.

import { messageOf } from '../core/errors.ts'
import type { HealthConfig } from '../config/config.ts'
import type { StepStart } from '../metrics/race.ts'
import { mergeResultMaps } from '../protocol/merge-results.ts'
import type { TaskResult } from '../protocol/messages.ts'
import { readEvents, type FoundFile } from '../results/read-results.ts'
import type { SnapshotHeader } from '../results/result-file.ts'
import { tasksOf, type ScheduleElement } from '../track/track.ts'
import { HealthJudge } from './health-judge.ts'
import { StepCollector } from './step-collector.ts'
import { throttledTasks } from './step-facts.ts'

export interface ReplayOptions {
  readonly schedule: readonly ScheduleElement[]
  readonly limits: HealthConfig
  /** As the coordinator has them; where it has none, the nodes' own clocks must do. */
  readonly stepStarts: readonly StepStart[]
  readonly problem: (line: string) => void
}

export interface Replayed {
  readonly tasks: Readonly<Record<string, TaskResult>>
  readonly health: HealthJudge
  /** Steps from 0, with the nodes that did not tell all that they measured in it. */
  readonly unjoined: readonly { readonly step: number; readonly nodes: readonly string[] }[]
}

/** @param files of all nodes, each node's in the order they were written */
export async function replayRace(files: readonly FoundFile<SnapshotHeader>[], options: ReplayOptions): Promise<Replayed> {
  const health = new HealthJudge(options.limits)
  const throttled = throttledTasks(options.schedule)
  let tasks: Record<string, TaskResult> = {}
  const unjoined: { step: number; nodes: string[] }[] = []
  const steps = [...new Set(files.map(({ header }) => header.step))].sort((a, b) => a - b)
  for (const step of steps) {
    const ofStep = files.filter(({ header }) => header.step === step)
    const names = tasksOfStep(options.schedule, step)
    health.stepStarts({ step, tasks: names, isThrottled: names.some((task) => throttled.has(task)), nowMs: startOf(step, ofStep, options) })
    const collector = new StepCollector(step, { keepsTimes: !allJoined(ofStep) })
    for (const { path } of ofStep) await replayFile(path, collector, { health, problem: options.problem })
    const nodes = collector.unjoined()
    if (nodes.length > 0) unjoined.push({ step, nodes })
    tasks = mergeResultMaps(tasks, collector.results())
  }
  return { tasks, health, unjoined }
}

async function replayFile(path: string, collector: StepCollector, { health, problem }: { readonly health: HealthJudge; readonly problem: (line: string) => void }): Promise<void> {
  try {
    for (const event of await readEvents(path)) {
      if (event.t === 'step-joined') collector.addJoined(event)
      else {
        health.hear(event)
        collector.addSnapshot(event)
      }
    }
  } catch (error) {
    problem(messageOf(error))
  }
}

function allJoined(files: readonly FoundFile<SnapshotHeader>[]): boolean {
  const sessions = new Set(files.map(({ header }) => header.epoch))
  const joined = new Set(files.filter(({ header }) => header.joined).map(({ header }) => header.epoch))
  return sessions.size === joined.size
}

function tasksOfStep(schedule: readonly ScheduleElement[], step: number): string[] {
  const element = schedule[step]
  return element === undefined ? [] : tasksOf(element).map((task) => task.name)
}

function startOf(step: number, files: readonly FoundFile<SnapshotHeader>[], { stepStarts }: ReplayOptions): number {
  return stepStarts[step]?.['offset-ms'] ?? Math.min(...files.map(({ header }) => header['started-at-ms'])) - (stepStarts[0]?.['at-ms'] ?? 0)
}
