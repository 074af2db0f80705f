// `npm run bench`: ratios measured side by side in one run. `-- WORD…` picks those whose name contains one of the words
// (`memory`, 20 minutes, and `two-workers` run only so), `-- --json` prints one JSON array.

import { startBenchServer, type BenchServer, type Measured } from './measure.ts'
import { bulkCost } from './bulk-cost.ts'
import { NODES_BENCHMARKS } from './nodes-entries.ts'
import { memorySlope } from './memory.ts'
import { openLoad } from './open-load.ts'
import { fidelity, knownDelay, stall } from './pacing.ts'
import { raceOverhead, versionTime } from './start-up.ts'
import { sendDelay } from './send-delay.ts'
import { twoWorkers } from './two-workers.ts'
import { leanGain, searchCost, searchServiceTime } from './search-cost.ts'

const BENCHMARKS: Readonly<Record<string, (server: BenchServer) => Promise<Measured | Measured[]>>> = {
  'search-8': (server) => searchCost(server, 8, 1.3),
  'search-64': (server) => searchCost(server, 64, 1.3),
  'search-256': (server) => searchCost(server, 256, 1.3),
  'search-gzip': (server) => searchCost(server, 64, 1.3, true),
  bulk: (server) => bulkCost(server, 0.8),
  'bulk-gzip': (server) => bulkCost(server, 0.8, true),
  'lean-8': (server) => leanGain(server, 8, 1.6),
  'lean-64': (server) => leanGain(server, 64, 1.6),
  'lean-256': (server) => leanGain(server, 256, 1.6),
  'lean-open-load': () => openLoad(1.6),
  'service-time-fast-8': (server) => searchServiceTime(server, { clients: 8, delayMs: 0 }, 1.1),
  'service-time-8': (server) => searchServiceTime(server, { clients: 8, delayMs: 5 }, 1.1),
  'service-time-64': (server) => searchServiceTime(server, { clients: 64, delayMs: 5 }, 1.1),
  'delay-8': (server) => knownDelay(server, 8, 0.3),
  'delay-64': (server) => knownDelay(server, 64, 0.3),
  'send-delay': sendDelay,
  'two-workers': (server) => twoWorkers(server, 1.1),
  fidelity,
  stall,
  version: () => versionTime(2.2),
  'race-overhead': () => raceOverhead(3),
  memory: (server) => memorySlope(server, 20),
  ...NODES_BENCHMARKS
}
/** They take long, or tell little on few cores. */
const ONLY_WHEN_ASKED_FOR = ['memory', 'two-workers']

const wanted = process.argv.slice(2).filter((word) => !word.startsWith('--'))
const isJson = process.argv.includes('--json')
const names = Object.keys(BENCHMARKS).filter((name) => (wanted.length === 0 ? !ONLY_WHEN_ASKED_FOR.includes(name) : wanted.some((word) => name.includes(word))))
const all: Measured[] = []
for (const name of names) {
  const server = await startBenchServer()
  try {
    const measured = await BENCHMARKS[name]!(server)
    for (const one of Array.isArray(measured) ? measured : [measured]) {
      all.push(one)
      if (!isJson) process.stdout.write(`${line(one)}\n`)
    }
  } finally {
    server.close()
  }
}
if (isJson) process.stdout.write(`${JSON.stringify(all)}\n`)
process.exitCode = all.every((one) => one.ok) ? 0 : 1

function line({ name, unit, ours, peer, ratio, budget, ok }: Measured): string {
  const figures = [ours, peer, ratio, budget].map((value) => value.toPrecision(4).padStart(9))
  return `${ok ? 'ok    ' : 'MISSED'} ${name.padEnd(58)} ours ${figures[0]} peer ${figures[1]} ${unit.padEnd(18)} ratio ${figures[2]} budget ${figures[3]}`
}
