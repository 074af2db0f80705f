// Before the race: the embedded node is started if it is the target, and what cannot run is refused before the first request.

import { RallyError } from '../core/errors.ts'
import { whyNotServed } from '../operation/known-types.ts'
import { operationTypes } from '../operation/registry.ts'
import { paceProblems } from '../scheduler/scheduler.ts'
import { challengeToRun, clientsOf, tasksOf, type Challenge } from '../track/track.ts'
import { identifyTarget, type IdentifiedTarget } from './identify-target.ts'
import type { RaceRequest } from './race-request.ts'
import type { EmbeddedTarget, RaceServices } from './race-services.ts'

export interface RaceSetup {
  readonly challenge: Challenge
  readonly target: IdentifiedTarget
  /** Resolves if the target ends that this race started, and not by its will; null: it started none. */
  readonly targetGone: Promise<Error> | null
}

/** Throws RallyError for all that keeps the race from starting; what it opened is in `closers`. */
export async function setUpRace(request: RaceRequest, services: RaceServices, closers: (() => Promise<void>)[]): Promise<RaceSetup> {
  const challenge = challengeToRun(request.track)
  if (challenge === null) throw new RallyError('track', `track ${request.track.name} has no challenge to run`)
  refuseUnserved(request, challenge)
  refuseTooMany(challenge)
  if (request.target !== null) return { challenge, target: request.target, targetGone: null }
  const embedded = await services.startEmbedded()
  closers.push(() => embedded.stop())
  const { signal, observer } = services
  const { clientOptions, httpEngine: engine } = request
  const address = { host: embedded.host, port: embedded.port, useSsl: false, pathPrefix: '', auth: null }
  const target = await identifyTarget([address], { clientOptions, engine, signal, onWaiting: (line) => observer.info(line) })
  return { challenge, target, targetGone: embedded.exited.then(endOfEmbedded) }
}

function endOfEmbedded({ code, signal, stderr }: Awaited<EmbeddedTarget['exited']>): RallyError {
  const words = stderr.trim() === '' ? '' : `: ${stderr.trim()}`
  return new RallyError('target', `the embedded node has ended (${signal ?? `exit code ${code}`})${words}`, {
    hint: 'run the race again; if the system was short of memory, give it more, or use a smaller track'
  })
}

/** Each client has a place in each element of the schedule: more of them than memory holds would end this process without a word. */
const MAX_PLACES = 2_000_000

function refuseTooMany({ name, schedule }: Challenge): void {
  const sums = schedule.map((element) => tasksOf(element).reduce((sum, task) => sum + task.clients, 0))
  const clients = Math.max(...schedule.map(clientsOf))
  const places = sums.reduce((all, sum) => all + Math.max(sum, clients), 0)
  if (places <= MAX_PLACES) return
  const most = `${clients.toLocaleString('en')} clients in ${schedule.length} element(s) of the schedule`
  throw new RallyError('track', `challenge ${name}: ${most}: clients × elements may be ${MAX_PLACES.toLocaleString('en')} at most`, {
    hint: 'give its tasks fewer [clients]'
  })
}

/** All that a race cannot do yet is named at once, before the first request. */
function refuseUnserved(request: RaceRequest, challenge: Challenge): void {
  const tasks = challenge.schedule.flatMap(tasksOf)
  if (tasks.length === 0) {
    throw new RallyError('track', `track ${request.track.name}, challenge ${challenge.name}: there is no task to run`, {
      hint: 'look at --include-tasks and --exclude-tasks; `rally info` shows the tasks of a track'
    })
  }
  const problems = tasks.flatMap((task) => {
    const why = whyNotServed(task.operation)
    return why === null ? [] : [`task "${task.name}": ${why}`]
  })
  problems.push(...paceProblems(tasks))
  if (problems.length === 0) return
  const served = operationTypes().map((type) => type.name)
  throw new RallyError('track', `track ${request.track.name}, challenge ${challenge.name}: ${problems.length} task(s) cannot run`, {
    problems,
    hint: `leave them out with --exclude-tasks; served are ${served.join(', ')}`
  })
}
