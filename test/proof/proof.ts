// `npm run proof`: the figures are right. `-- WORD…` picks entries that begin so, `-- --http-engine=lean` sends with the other engine,
// `-- --json` prints one JSON array; exit code 1 when one fails. A whole run takes about ten minutes with either engine.

import { parseArgs } from 'node:util'
import type { HttpEngine } from '../../src/target/target-options.ts'
import { clockStep } from './clock-step.ts'
import { earlyAndLate } from './early-and-late.ts'
import { edges } from './edges.ts'
import { histogram } from './histogram.ts'
import { knownDelays } from './known-delays.ts'
import { oneAndFourWorkers } from './one-and-four-workers.ts'
import { watchOthers } from './other-cpu.ts'
import { otherTools } from './other-tools.ts'
import { HEAD, lineOf, type Prove, type Proven } from './proven.ts'
import { sameAgain } from './same-again.ts'
import { scheduleFidelity } from './schedule-fidelity.ts'
import { selfBottleneck } from './self-bottleneck.ts'
import { singleQueue } from './single-queue.ts'
import { slowDisk } from './slow-disk.ts'
import { stall } from './stall.ts'

const PROOFS: Readonly<Record<string, Prove>> = {
  histogram,
  delays: knownDelays,
  queue: singleQueue,
  stall,
  twins: earlyAndLate,
  fidelity: scheduleFidelity,
  bottleneck: selfBottleneck,
  tools: otherTools,
  workers: oneAndFourWorkers,
  edges,
  clock: clockStep,
  again: sameAgain,
  disk: slowDisk
}

/** Needs root, a loop device and cgroups. */
const ONLY_WHEN_ASKED_FOR = ['disk']

const ENGINES: readonly HttpEngine[] = ['undici', 'lean']

const { values, positionals: wanted } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean' }, 'http-engine': { type: 'string' } }
})
const isJson = values.json === true
const engine = ENGINES.find((name) => name === (values['http-engine'] ?? 'undici'))
if (engine === undefined) {
  process.stderr.write(`no engine is called ${values['http-engine']}: there are ${ENGINES.join(', ')}\n`)
  process.exit(2)
}
const unknown = wanted.filter((word) => !Object.keys(PROOFS).some((name) => name.startsWith(word)))
if (unknown.length > 0) {
  process.stderr.write(`no proof is called ${unknown.join(', ')}: there are ${Object.keys(PROOFS).join(', ')}\n`)
  process.exit(2)
}
const all: Proven[] = []
if (!isJson) process.stdout.write(`requests are sent by ${engine}\n${HEAD}\n`)
for (const [name, prove] of Object.entries(PROOFS)) {
  if (wanted.length === 0 ? ONLY_WHEN_ASKED_FOR.includes(name) : !wanted.some((word) => name.startsWith(word))) continue
  const startedAt = process.uptime()
  const others = watchOthers()
  const proven = await prove(engine)
  all.push(...proven)
  if (!isJson)
    process.stdout.write(`${proven.map((one) => `${lineOf(one)}\n`).join('')}${footOf(name, process.uptime() - startedAt, others())}`)
}
if (isJson) process.stdout.write(`${JSON.stringify(all)}\n`)
process.exitCode = all.every((one) => one.ok) ? 0 : 1

function footOf(name: string, seconds: number, othersPercent: number | null): string {
  const noise = othersPercent === null ? '' : `, others took ${Math.round(othersPercent)} % of the machine`
  return `        ${name}: ${Math.round(seconds)} s${noise}\n\n`
}
