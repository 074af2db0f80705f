// `npm run false-alarms [-- KIND…]`: races that a healthy load generator plays beside its target on the same machine, and what its
// judge says of them. A throttled one must be `ok`; an unthrottled one may use a whole core, and must not be `invalid`. A race during
// which processes that have nothing to do with it took much of the machine is run again: its alarm would be a true one.

import { readFileSync } from 'node:fs'
import { cpus } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import { CpuTimes } from '../../src/driver/cpu-times.ts'
import { startEmbeddedNode } from '../../src/embedded/embedded-node.ts'
import type { HealthFinding } from '../../src/metrics/measurement.ts'
import { buildOperation, buildTask, buildTrack } from '../helpers/build-track.ts'
import { runSchedule, type ScheduleRun } from '../helpers/run-schedule.ts'
import { startBenchServer } from './measure.ts'

interface Target {
  readonly host: string
  readonly port: number
  close(): void
}

interface Kind {
  readonly start: () => Promise<Target>
  /** Requests a second; null: as fast as it goes. */
  readonly perSecond: number | null
}

const CLIENTS = 8
const SECONDS = 10
const RUNS = Number(process.env['RUNS'] ?? 5)
const MAX_TRIES = 3 * RUNS
/** Share of all cores. */
const MAX_STRANGERS = 0.1
const SEARCH = buildOperation('search', { index: 'cities', body: { query: { match_all: {} } } })

const KINDS: Readonly<Record<string, Kind>> = {
  'throttled-500': { start: startBenchServer, perSecond: 500 },
  'throttled-1000': { start: startBenchServer, perSecond: 1000 },
  'unthrottled-1ms': { start: startSlowServer, perSecond: null },
  'unthrottled-embedded': { start: startEmbedded, perSecond: null }
}

/** As fast as it goes, a server of a few instructions would be faster than any client: that alarm is true. */
async function startSlowServer(): Promise<Target> {
  const server = await startBenchServer()
  server.delay(1)
  return server
}

async function startEmbedded(): Promise<Target> {
  const node = await startEmbeddedNode()
  const address = `http://${node.host}:${node.port}`
  const body = Array.from({ length: 5000 }, (_, id) => `{"index":{"_id":"${id}"}}\n{"name":"city ${id}","population":${id}}\n`).join('')
  await fetch(`${address}/cities/_bulk?refresh=true`, { method: 'POST', headers: { 'content-type': 'application/x-ndjson' }, body })
  return { host: node.host, port: node.port, close: () => void node.stop() }
}

async function run({ start, perSecond }: Kind): Promise<ScheduleRun & { readonly strangers: number }> {
  const target = await start()
  const cpu = new CpuTimes()
  const before = treeCpuMs()
  const beganAt = process.uptime()
  try {
    const params: Record<string, number> = perSecond === null ? {} : { 'target-throughput': perSecond }
    const task = buildTask(SEARCH, { clients: CLIENTS, timePeriod: SECONDS, params })
    const ran = await runSchedule({ track: buildTrack([task]), target })
    const share = (treeCpuMs() - before) / 1000 / (process.uptime() - beganAt) / cpus().length
    return { ...ran, strangers: (cpu.take()?.busy ?? 0) - share }
  } finally {
    target.close()
  }
}

/** Waits, for a minute at most, until strangers leave the machine alone. */
async function quietMachine(): Promise<void> {
  const cpu = new CpuTimes()
  for (let second = 0; second < 60; second++) {
    await wait(1000)
    if ((cpu.take()?.busy ?? 0) <= MAX_STRANGERS) return
  }
}

/** CPU time of this process and its children; clock ticks are 10 ms. */
function treeCpuMs(): number {
  const children = readFileSync(`/proc/self/task/${process.pid}/children`, 'utf8').split(' ').filter((word) => word !== '')
  return ['self', ...children].map(cpuMsOf).reduce((sum, ms) => sum + ms, 0)
}

function cpuMsOf(pid: string): number {
  const [, user = '0', system = '0'] = /^\d+ \(.*\) \S+(?: \S+){10} (\d+) (\d+)/.exec(readFileSync(`/proc/${pid}/stat`, 'utf8'))?.map(String) ?? []
  return (Number(user) + Number(system)) * 10
}

function valueOf(findings: readonly HealthFinding[], figure: string): string {
  const worst = findings.find((finding) => finding.figure === figure)?.worst ?? null
  return worst === null ? '-' : worst.toFixed(1)
}

const FIGURES = ['event-loop delay p99', 'worker CPU', 'wait for a core', 'event-loop delay p99 of the step', 'send delay p99', 'late clients', 'CPU steal', 'main-thread delay p99', 'machine CPU']
const wanted = process.argv.slice(2)
const kinds = Object.entries(KINDS).filter(([name]) => wanted.length === 0 || wanted.some((word) => name.startsWith(word)))
process.stdout.write(`| kind | requests/s | strangers’ CPU % | verdict | ${FIGURES.join(' | ')} | over |\n|${'---|'.repeat(FIGURES.length + 5)}\n`)
let alarms = 0
for (const [name, kind] of kinds) {
  for (let clean = 0, tries = 0; clean < RUNS && tries < MAX_TRIES; tries++) {
    await quietMachine()
    const { measurements, health, strangers } = await run(kind)
    const [measured] = measurements
    const isClean = strangers <= MAX_STRANGERS
    if (isClean) clean++
    if (isClean && (health.verdict === 'invalid' || (kind.perSecond !== null && health.verdict !== 'ok'))) alarms++
    const rate = measured === undefined ? 0 : measured.account.normal.ok / measured.elapsedSeconds
    const over = health.findings.filter(({ breached }) => breached).map(({ figure, seconds }) => `${figure} for ${seconds} s`)
    const cells = [name, rate.toFixed(0), `${(strangers * 100).toFixed(0)}${isClean ? '' : ' (not counted)'}`, health.verdict, ...FIGURES.map((figure) => valueOf(health.findings, figure)), over.join(', ')]
    process.stdout.write(`| ${cells.join(' | ')} |\n`)
  }
}
process.stdout.write(`${alarms} false alarms\n`)
process.exitCode = alarms === 0 ? 0 : 1
