// One step in one worker: all its clients at once, each through its tasks one after another, until all have joined.

import { emptyDictionary } from '../core/dictionary.ts'
import type { ClientRun } from './client-run.ts'
import { runClientTask } from './client-run.ts'
import type { StepJoined, TaskProgressFacts } from '../protocol/messages.ts'
import type { WorkerSecond } from '../protocol/worker-messages.ts'
import type { StopSignal } from './pacer.ts'
import type { TaskAccount } from './task-account.ts'
import type { Thread } from './thread.ts'

/** A step as prepared: nothing is left to do but send. */
export interface PreparedStep {
  readonly step: number
  /** For each client of this worker its runs in order. */
  readonly clients: readonly (readonly ClientRun[])[]
  readonly accounts: ReadonlyMap<string, TaskAccount>
  /** Stops the clients whose task does not end the `parallel` around it. */
  readonly others: StopSignal
  /** Stops all. */
  readonly all: readonly StopSignal[]
}

/** A step while it runs; `startMs` is monotonic. */
export interface RunningStep {
  readonly prepared: PreparedStep
  readonly thread: Thread
  readonly startMs: number
  readonly clientEnded: (task: string) => void
  /** What ends the race, as soon as it happens; the other clients are stopped already, what they sent is still in flight. */
  readonly failed: (error: unknown) => void
}

/** Resolves when the last client has joined, whatever happened to it. */
export async function runStep(running: RunningStep): Promise<void> {
  const { prepared, thread, startMs } = running
  const noOne: StopSignal = { stopped: false }
  await thread.pacer.until(startMs, noOne)
  await Promise.all(prepared.clients.map((runs) => runClient(runs, running)))
}

async function runClient(runs: readonly ClientRun[], { prepared, thread, startMs, clientEnded, failed }: RunningStep): Promise<void> {
  let taskStartMs = startMs
  for (const run of runs) {
    if (run.stop.stopped) continue
    try {
      await runClientTask(run, startMs, taskStartMs)
    } catch (error) {
      stopAll(prepared, thread)
      failed(error)
      return
    }
    clientEnded(run.part.task.name)
    taskStartMs = thread.clock.monotonicMs()
  }
}

/** Ends every wait and loop of the step; what is in flight goes on. */
export function stopAll(prepared: PreparedStep, thread: Thread): void {
  for (const signal of prepared.all) signal.stopped = true
  thread.pacer.wake()
}

/** What the step has to tell about the seconds that ended before `nowMs`. */
export function secondOf({ prepared, thread, startMs }: RunningStep, worker: number, nowMs: number): WorkerSecond {
  const tasks = emptyDictionary<ReturnType<TaskAccount['snapshot']>>()
  const progress = emptyDictionary<TaskProgressFacts>()
  for (const [name, account] of prepared.accounts) {
    tasks[name] = account.snapshot(nowMs - startMs)
    progress[name] = account.progress()
  }
  return { worker, step: prepared.step, tasks, progress, health: thread.health.take(worker, startMs) }
}

export function resultsOf(prepared: PreparedStep): StepJoined['tasks'] {
  return Object.fromEntries([...prepared.accounts].map(([name, account]) => [name, account.result()]))
}
