// A race from the first connection to the stored results. What it opens it closes, in reverse order, whatever happens.

import { messageOf, RallyError } from '../core/errors.ts'
import { measuredResults, unreportedTasks } from '../metrics/results.ts'
import type { ConnectedNode } from './connected-node.ts'
import { dealClients } from './deal-clients.ts'
import { HealthJudge } from './health-judge.ts'
import { lostParts } from './losses.ts'
import { measurementsOf } from './measurements.ts'
import { runRaceLoop, type RaceLoopResult } from './race-loop.ts'
import { raceNodes } from './race-nodes.ts'
import { RaceRecord } from './race-record.ts'
import type { RaceObserver, RaceOutcome, RaceRequest } from './race-request.ts'
import type { RaceServices } from './race-services.ts'
import { supplyRace, type RaceSupply } from './race-supply.ts'
import { setUpRace, type RaceSetup } from './race-setup.ts'
import { stepFactsOf, throttledTasks } from './step-facts.ts'
import { SummaryWriter } from './summary-writer.ts'
import { TelemetryBracket } from './telemetry-bracket.ts'

/**
 * Runs the race. Throws RallyError for what is wrong before it starts; from the first step on every end is an outcome:
 * `failed` and `cancelled` ones hold what was measured until then.
 */
export async function runRace(request: RaceRequest, services: RaceServices): Promise<RaceOutcome> {
  const closers: (() => Promise<void>)[] = []
  try {
    const nodes = await services.openNodes()
    closers.push(async () => {
      for (const node of nodes) node.peer.close()
      await Promise.all(nodes.flatMap((node) => node.closed ?? []))
    })
    const setup = await setUpRace(request, services, closers)
    const record = new RaceRecord(request, setup)
    services.observer.info(`Racing on ${record.title} against ${setup.target.line}.`)
    await record.begin()
    try {
      return await drive(request, services, { setup, record, nodes })
    } catch (error) {
      await record.store('failed', { error: messageOf(error) }).catch(() => {})
      throw error
    }
  } finally {
    for (const close of closers.toReversed()) await close()
  }
}

/** In the report and in memory: a node that comes and goes for days must not fill them. */
const MAX_WARNINGS = 500

interface OpenRace {
  readonly setup: RaceSetup
  readonly record: RaceRecord
  readonly nodes: readonly ConnectedNode[]
}

async function drive(request: RaceRequest, services: RaceServices, { setup, record, nodes }: OpenRace): Promise<RaceOutcome> {
  const warnings: string[] = []
  const summary = new SummaryWriter(request, services.observer)
  const health = new HealthJudge(request.config.health)
  const observer: RaceObserver = {
    progress: (progress) => {
      summary.progress(progress)
      services.observer.progress(progress)
    },
    info: (line) => services.observer.info(line),
    warning: (line) => {
      if (warnings.length < MAX_WARNINGS) warnings.push(line)
      else warnings[MAX_WARNINGS] = 'there were more: the log file has them all'
      services.observer.warning(line)
    }
  }
  const telemetry = new TelemetryBracket(setup.target.options, services.signal, (line) => observer.warning(line))
  const result = await runLoop(request, services, { setup, observer, health, telemetry, nodes, summary })
  const measurements = measurementsOf(setup.challenge.schedule, result.tasks, result.nodes)
  const records = result.phase === 'failed' ? [] : await telemetry.after()
  const report = health.report(measurements, lostParts(result.nodes, result.error))
  const results = measuredResults({ track: request.track, measurements, telemetry: records })
  const unreported = unreportedTasks({ track: request.track, measurements })
  const error = errorOf(result)
  if (result.error !== null && result.error !== error) observer.warning(`while it was cancelled, the race failed: ${messageOf(result.error)}`)
  const status = result.phase === 'done' ? 'finished' : result.phase
  const raced = raceNodes(nodes, result.nodes, health.nodesOver())
  const end = { results, health: report, nodes: raced, unreportedTasks: unreported, error, warnings, stepStarts: summary.stepStarts }
  const stored = await record.storeEnd(status, end)
  await summary.close(stored.status)
  if (stored.diskError !== null && error !== null) observer.warning(messageOf(stored.diskError))
  const { race } = stored
  const hasBegun = summary.stepStarts.length > 0
  return { status: stored.status, error: error ?? stored.diskError, hasBegun, targetLine: setup.target.line, race, measurements, health: report, warnings }
}

interface LoopParts {
  readonly setup: RaceSetup
  readonly observer: RaceObserver
  readonly health: HealthJudge
  readonly telemetry: TelemetryBracket
  readonly nodes: readonly ConnectedNode[]
  readonly summary: SummaryWriter
}

function runLoop(request: RaceRequest, services: RaceServices, parts: LoopParts): Promise<RaceLoopResult> {
  const { setup, observer, health, telemetry, nodes, summary } = parts
  const { schedule } = setup.challenge
  const dealt = dealClients(request, setup, nodes)
  for (const node of dealt.idle) {
    observer.info(`Node ${node.name} gets no client: the track has ${dealt.clients}, fewer than there are nodes.`)
    node.peer.close()
  }
  const supply = (tell: (what: string) => void): Promise<RaceSupply | null> =>
    supplyRace(request, dealt.nodes, { signal: services.signal, tell, warn: (line) => observer.warning(line) })
  return runRaceLoop({
    nodes: dealt.nodes,
    secrets: setup.target.options.secrets,
    steps: stepFactsOf(dealt.steps, dealt.shares),
    onNodeLoss: request.onNodeLoss,
    ...(dealt.nodes.every(({ node }) => node.openFiles === null) ? {} : { supply }),
    throttled: throttledTasks(schedule),
    health,
    observer,
    stepStarts: (nowMs) => summary.stepStart(nowMs),
    signal: services.signal,
    beforeLoad: () => telemetry.before(),
    targetGone: setup.targetGone
  })
}

/** A bug outranks the user's cancel, and that any other failure. */
function errorOf({ phase, error }: RaceLoopResult): Error | null {
  if (phase === 'done') return null
  if (error !== null && (phase === 'failed' || !(error instanceof RallyError))) return error
  return new RallyError('cancelled', 'the race was cancelled by the user', { hint: 'the report holds what was measured until then' })
}
