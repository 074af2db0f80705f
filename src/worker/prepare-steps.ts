// From the allocation to what each client of this worker runs: sources, operations and stop signals made before the race.

import { RallyError } from '../core/errors.ts'
import { seededRandom } from '../core/random.ts'
import { allocate, type ClientTask, type Step } from '../allocation/allocation.ts'
import { operationType } from '../operation/registry.ts'
import type { ParamSource } from '../operation/operation.ts'
import { schedulerFor } from '../scheduler/scheduler.ts'
import type { TargetClient } from '../target/request.ts'
import { challengeToRun, tasksOf, type Track } from '../track/track.ts'
import type { WorkerStart } from '../protocol/worker-messages.ts'
import type { ClientRun } from './client-run.ts'
import type { StopSignal } from './pacer.ts'
import type { PreparedStep } from './step-run.ts'
import { TaskAccount } from './task-account.ts'
import type { Thread } from './thread.ts'

interface Parts {
  readonly start: WorkerStart
  readonly track: Track
  readonly thread: Thread
  readonly targets: ReadonlyMap<number, TargetClient>
}

/** All steps of the race for this worker's clients; throws RallyError('track') with every mistake of the operations at once. */
export function prepareSteps(parts: Parts): PreparedStep[] {
  const challenge = challengeToRun(parts.track)
  if (challenge === null) throw new RallyError('track', `track ${parts.track.name} has no challenge to run`)
  const problems: string[] = []
  const steps = allocate(challenge.schedule).steps.map((step) => prepareStep(parts, step, problems))
  if (problems.length > 0) {
    const unique = [...new Set(problems)]
    throw new RallyError('track', `track ${parts.track.name}, challenge ${challenge.name}: ${unique.length} operation(s) cannot run`, { problems: unique })
  }
  return steps
}

function prepareStep(parts: Parts, step: Step, problems: string[]): PreparedStep {
  const all: StopSignal = { stopped: false }
  const others: StopSignal = { stopped: false }
  const accounts = new Map<string, TaskAccount>()
  const names = tasksOf(step.element).map((task) => task.name)
  const clients = parts.start.clients.map((client) => {
    const runs: ClientRun[] = []
    for (const part of step.clients[client] ?? []) {
      const run = prepareRun(parts, part, client, problems)
      if (run === null) continue
      let account = accounts.get(part.task.name)
      if (account === undefined) {
        const seat = { clientIndex: 0, random: () => 0, expectedWeight: null }
        account = new TaskAccount(part.task.name, names.indexOf(part.task.name), schedulerFor(part.task, seat).isThrottled)
        accounts.set(part.task.name, account)
      }
      // A task that ends its `parallel` is not stopped by its own end; with `any`, every task is stopped by the first.
      const stop = part.task.completesParent && !part.task.anyCompletesParent ? all : others
      runs.push({ ...run, account, stop })
    }
    return runs
  })
  return { step: step.index, clients, accounts, others, all: [all, others] }
}

function prepareRun(parts: Parts, part: ClientTask, client: number, problems: string[]): Omit<ClientRun, 'account' | 'stop'> | null {
  const { task } = part
  const operation = operationType(task.operation.type)
  if (operation === null) {
    problems.push(`task "${task.name}": operation type "${task.operation.type}" is not supported yet`)
    return null
  }
  const random = seededRandom(parts.start.seed, task.name, part.clientIndexInTask)
  const source = sourceOf(parts, { part, operation, random }, problems)
  if (source === null) return null
  return { thread: parts.thread, client, part, operation, source, random, target: parts.targets.get(client)! }
}

function sourceOf(parts: Parts, seat: Pick<ClientRun, 'part' | 'operation' | 'random'>, problems: string[]): ParamSource | null {
  const { part, operation, random } = seat
  const { dataPaths } = parts.start
  try {
    return operation.createSource({
      track: parts.track,
      operation: part.task.operation,
      clientIndex: part.clientIndexInTask,
      clients: part.task.clients,
      random,
      dataPath: (corpus, file) => dataPaths[`${corpus}/${file}`] ?? file
    })
  } catch (error) {
    if (!(error instanceof RallyError)) throw error
    problems.push(...(error.problems.length > 0 ? error.problems : [`task "${part.task.name}": ${error.message}`]))
    return null
  }
}
