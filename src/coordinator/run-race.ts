// A race from the first connection to the stored results. What it opens it closes, in reverse order, whatever happens.

import { systemClock } from '../core/clock.ts'
import { RallyError } from '../core/errors.ts'
import type { MetricsRecord } from '../metrics/record.ts'
import { measuredResults, unreportedTasks } from '../metrics/results.ts'
import { telemetryRecords, uncleanStateWarnings } from '../metrics/telemetry-record.ts'
import { operationType } from '../operation/registry.ts'
import { createTargetClient } from '../target/target-client.ts'
import { tasksOf } from '../track/track.ts'
import { HealthJudge } from './health-judge.ts'
import { measurementOf } from './measure.ts'
import { runRaceLoop, type RaceLoopResult } from './race-loop.ts'
import { RaceRecord } from './race-record.ts'
import type { RaceObserver, RaceOutcome, RaceRequest } from './race-request.ts'
import type { RaceServices } from './race-services.ts'
import { prepareMessages, setUpRace, type RaceSetup } from './race-setup.ts'
import { stepFactsOf } from './step-facts.ts'
import { SummaryWriter } from './summary-writer.ts'
import { askTelemetry, type TelemetryAnswers } from './telemetry.ts'

/**
 * Runs the race. Throws RallyError for what is wrong before it starts; from the first step on every end is an outcome:
 * `failed` and `cancelled` ones hold what was measured until then.
 */
export async function runRace(request: RaceRequest, services: RaceServices): Promise<RaceOutcome> {
  const closers: (() => Promise<void>)[] = []
  try {
    const setup = await setUpRace(request, services, closers)
    const record = new RaceRecord(request, setup)
    services.observer.info(`Racing on ${record.title} against ${setup.target.line}.`)
    await record.store('running', null)
    return await drive(request, services, setup, record)
  } finally {
    for (const close of closers.toReversed()) await close()
  }
}

async function drive(request: RaceRequest, services: RaceServices, setup: RaceSetup, record: RaceRecord): Promise<RaceOutcome> {
  const warnings: string[] = []
  const summary = new SummaryWriter(request, services.observer)
  const health = new HealthJudge(request.config.health)
  const telemetry = new TelemetryBracket(setup, (line) => {
    warnings.push(line)
    services.observer.warning(line)
  })
  const observer: RaceObserver = {
    progress: (progress) => {
      summary.progress(progress)
      services.observer.progress(progress)
    },
    info: (line) => services.observer.info(line),
    warning: (line) => {
      warnings.push(line)
      services.observer.warning(line)
    }
  }
  const result = await runLoop(request, services, { setup, observer, health, telemetry })
  const measurements = measurementsOf(setup, result)
  const records = result.phase === 'failed' ? [] : await telemetry.after()
  await summary.close()
  const status = result.phase === 'done' ? 'finished' : result.phase
  const report = health.report(measurements)
  const results = measuredResults({ track: request.track, measurements, telemetry: records })
  const error = errorOf(result)
  const end = { results, health: report, unreportedTasks: unreportedTasks({ track: request.track, measurements }), error, warnings }
  const race = await record.store(status, end)
  return { status, error, targetLine: setup.target.line, race, measurements, health: report, warnings }
}

interface LoopParts {
  readonly setup: RaceSetup
  readonly observer: RaceObserver
  readonly health: HealthJudge
  readonly telemetry: TelemetryBracket
}

function runLoop(request: RaceRequest, services: RaceServices, parts: LoopParts): Promise<RaceLoopResult> {
  const { setup, observer, health, telemetry } = parts
  const nodes = services.openNodes()
  const { schedule } = setup.challenge
  return runRaceLoop({
    nodes: prepareMessages(request, setup, nodes),
    secrets: setup.target.options.secrets,
    steps: stepFactsOf(schedule),
    throttled: new Set(schedule.flatMap(tasksOf).flatMap((task) => (isThrottled(task.params) ? [task.name] : []))),
    health,
    observer,
    signal: services.signal,
    beforeLoad: () => telemetry.before()
  })
}

function isThrottled(params: Readonly<Record<string, unknown>>): boolean {
  return params['target-throughput'] !== undefined || params['target-interval'] !== undefined
}

function measurementsOf(setup: RaceSetup, result: RaceLoopResult) {
  return setup.challenge.schedule.flatMap(tasksOf).flatMap((task) => {
    const measured = result.tasks[task.name]
    return measured === undefined ? [] : [measurementOf(task, measured, operationType(task.operation.type)?.isAdmin ?? false)]
  })
}

function errorOf(result: RaceLoopResult): Error | null {
  if (result.phase === 'done') return null
  return result.error ?? new RallyError('cancelled', 'the race was cancelled by the user', { hint: 'the report holds what was measured until then' })
}

/** The target's own statistics around the load. */
class TelemetryBracket {
  readonly #setup: RaceSetup
  readonly #warn: (line: string) => void
  #before: TelemetryAnswers | null = null

  constructor(setup: RaceSetup, warn: (line: string) => void) {
    this.#setup = setup
    this.#warn = warn
  }

  async before(): Promise<void> {
    this.#before = await this.#ask()
    for (const line of uncleanStateWarnings(this.#before.indexStats)) this.#warn(line)
  }

  async after(): Promise<readonly MetricsRecord[]> {
    const before = this.#before
    if (before === null) return []
    const after = await this.#ask()
    for (const line of after.missing) this.#warn(line)
    return telemetryRecords(before, after)
  }

  async #ask(): Promise<TelemetryAnswers> {
    const client = createTargetClient(this.#setup.target.options, systemClock)
    try {
      return await askTelemetry(client)
    } finally {
      await client.close()
    }
  }
}
