// Runs a schedule against a target through coordinator, node and workers, without files and reports.

import { printJson } from '../../src/core/json-print.ts'
import { HealthJudge } from '../../src/coordinator/health-judge.ts'
import { measurementOf } from '../../src/coordinator/measure.ts'
import { runRaceLoop, type RaceLoopOptions, type RaceLoopResult } from '../../src/coordinator/race-loop.ts'
import { NO_SUPPLY } from '../../src/coordinator/race-supply.ts'
import type { OnNodeLoss, RaceObserver } from '../../src/coordinator/race-request.ts'
import { stepFactsOf, throttledTasks } from '../../src/coordinator/step-facts.ts'
import { allocate } from '../../src/allocation/allocation.ts'
import { assignClients } from '../../src/allocation/assignment.ts'
import type { ConnectedNode } from '../../src/coordinator/connected-node.ts'
import { openLocalNode } from '../../src/node/local-node.ts'
import { challengeToRun, tasksOf, type Track } from '../../src/track/track.ts'
import type { HealthReport, TaskMeasurement } from '../../src/metrics/measurement.ts'
import type { HttpEngine, TargetOptions } from '../../src/target/target-options.ts'
import { HEALTH_LIMITS } from './health-limits.ts'
import { nodeSettings } from './node-settings.ts'

export interface ScheduleRun {
  readonly result: RaceLoopResult
  readonly measurements: readonly TaskMeasurement[]
  readonly warnings: readonly string[]
  readonly health: HealthReport
}

export interface RunOptions {
  readonly track: Track
  readonly target: { readonly host: string; readonly port: number }
  readonly workers?: number
  readonly dataCacheDir?: string
  /** Keeps the samples of race `test`; by default they go with the process. */
  readonly resultsDir?: string
  readonly onError?: 'continue' | 'continue-on-network' | 'abort'
  readonly seed?: string
  readonly signal?: AbortSignal
  readonly timeoutMs?: number
  /** Default: undici. */
  readonly engine?: HttpEngine
  /** Default: none is asked for. */
  readonly acceptEncoding?: 'gzip'
  readonly observer?: Partial<RaceObserver>
  /** Default: one in this process. */
  readonly nodes?: readonly ConnectedNode[]
  readonly onNodeLoss?: OnNodeLoss
  /** What comes before the nodes are told to prepare. */
  readonly supply?: RaceLoopOptions['supply']
}

export async function runSchedule(options: RunOptions): Promise<ScheduleRun> {
  const { track } = options
  const schedule = challengeToRun(track)!.schedule
  const warnings: string[] = []
  const nodes = options.nodes ?? [openLocalNode(nodeSettings(options))]
  const { secrets, ...target } = plainTarget(options)
  const allocation = allocate(schedule)
  const shares = assignClients(allocation.clients, nodes)
  const common = {
    race: 'test',
    seed: options.seed ?? 'seed',
    track: printJson(track),
    trackFolder: { root: track.root, isBundled: false },
    supply: NO_SUPPLY,
    target,
    facts: { distribution: 'unknown', version: null, isServerless: false, isServerlessOperator: false },
    onError: options.onError ?? 'continue',
    enableAssertions: false,
    testMode: false,
    offline: true
  } as const
  const health = new HealthJudge(HEALTH_LIMITS)
  const observer = { progress: () => {}, info: () => {}, warning: (line: string) => warnings.push(line), ...options.observer }
  const result = await runRaceLoop({
    nodes: nodes.map((node, index) => ({ node, prepare: { ...common, clients: shares[index]!.clients } })),
    secrets,
    steps: stepFactsOf(allocation.steps, shares),
    onNodeLoss: options.onNodeLoss ?? 'abort',
    throttled: throttledTasks(schedule),
    ...(options.supply === undefined ? {} : { supply: options.supply }),
    health,
    observer,
    signal: options.signal ?? new AbortController().signal,
    beforeLoad: () => Promise.resolve()
  })
  const tasks = schedule.flatMap(tasksOf)
  const measurements = tasks.flatMap((task) => {
    const measured = result.tasks[task.name]
    return measured === undefined ? [] : [measurementOf(task, measured, false)]
  })
  return { result, measurements, warnings, health: health.report(measurements) }
}

function plainTarget({ target, timeoutMs, engine, acceptEncoding }: RunOptions): TargetOptions {
  return {
    engine: engine ?? 'undici',
    hosts: [{ host: target.host, port: target.port, useSsl: false, pathPrefix: '' }],
    timeoutMs: timeoutMs ?? 60_000,
    acceptEncoding: acceptEncoding ?? null,
    compressRequests: false,
    headers: {},
    retries: { max: 0, onStatus: [], onTimeout: false },
    tls: { verify: true, checkHostname: true, caPem: null },
    secrets: { authorization: null, hostAuthorizations: [null], clientCertPem: null, clientKeyPem: null, clientP12Base64: null, passphrase: null }
  }
}
