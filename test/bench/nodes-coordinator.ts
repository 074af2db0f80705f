// What the coordinator pays for its nodes, with a track of a hundred tasks of which four run; the nodes are simulated, in a process
// of their own.

import { fork } from 'node:child_process'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import type { ConnectedNode } from '../../src/coordinator/connected-node.ts'
import { dial } from '../../src/protocol/dial.ts'
import type { Track } from '../../src/track/track.ts'
import { buildOperation, buildTask, buildTrack } from '../helpers/build-track.ts'
import { runSchedule } from '../helpers/run-schedule.ts'
import { absolute, type Measured } from './measure.ts'
import { RUNNING_TASKS, SIMULATED_KEY } from './nodes-simulated-facts.ts'

const WATCH_MS = 20_000
const SETTLE_MS = 5000

/** CPU for each of 50 nodes, and how regularly the snapshots of 200 come. */
export async function coordinatorOfMany(cpuPercent: number, lateMs: number): Promise<Measured[]> {
  const some = await watch(50)
  const many = await watch(200)
  return [
    absolute(
      'coordinator CPU for each of 50 nodes (peer: of 200)',
      '% of a core',
      { ours: some.cpuPercent / 50, peer: many.cpuPercent / 200 },
      cpuPercent
    ),
    absolute('snapshots of 200 nodes heard late by (peer: of 50)', 'ms', { ours: many.lateMs, peer: some.lateMs }, lateMs)
  ]
}

interface Watched {
  readonly cpuPercent: number
  /** Of all gaps between two snapshots of a node, the longest, beyond a second. */
  readonly lateMs: number
}

async function watch(count: number): Promise<Watched> {
  const child = fork(new URL('./nodes-simulated.js', import.meta.url), { execArgv: [] })
  const [{ port }] = (await once(child, 'message')) as [{ readonly port: number }]
  const cancel = new AbortController()
  const gaps = new Gaps()
  const nodes: ConnectedNode[] = []
  for (let number = 1; number <= count; number++) nodes.push(await open(`n${number}`, port, gaps))
  const running = runSchedule({ track: trackFor(count), target: { host: '127.0.0.1', port: 9 }, nodes, signal: cancel.signal })
  await wait(SETTLE_MS)
  gaps.begin()
  const before = process.cpuUsage()
  await wait(WATCH_MS)
  const { user, system } = process.cpuUsage(before)
  const lateMs = gaps.longestMs - 1000
  cancel.abort()
  await running
  child.disconnect()
  return { cpuPercent: ((user + system) / 1000 / WATCH_MS) * 100, lateMs }
}

class Gaps {
  longestMs = 0
  readonly #lastMs = new Map<string, number>()

  begin(): void {
    this.longestMs = 0
    if (this.#lastMs.size === 0) throw new Error('no snapshot has come')
  }

  came(node: string): void {
    const nowMs = performance.now()
    this.longestMs = Math.max(this.longestMs, nowMs - (this.#lastMs.get(node) ?? nowMs))
    this.#lastMs.set(node, nowMs)
  }
}

async function open(name: string, port: number, gaps: Gaps): Promise<ConnectedNode> {
  const connection = await dial({
    address: { host: '127.0.0.1', port },
    identity: name,
    key: SIMULATED_KEY,
    hello: { role: 'control', race: 'test' },
    deadlineMs: 10_000
  })
  const peer: ConnectedNode['peer'] = {
    send: (message) => connection.send(message),
    onClose: (listen) => connection.onClose(listen),
    close: (reason) => connection.close(reason),
    onMessage: (listen) =>
      connection.onMessage((message) => {
        listen(message)
        if (message.t === 'snapshot') gaps.came(name)
      })
  }
  return {
    name,
    weight: 1,
    address: name,
    version: '0',
    facts: connection.welcome.facts,
    peer,
    closed: null,
    openFiles: null,
    reconnect: () => Promise.reject(new Error('a simulated node has one connection'))
  }
}

/** Four tasks side by side with a client on each node, and 96 that never come to run. */
function trackFor(nodes: number): Track {
  const search = buildOperation('raw-request', { path: '/_search' }, 'search')
  const taskOf = (name: string, clients: number) =>
    buildTask(search, { name, clients, timePeriod: 3600, params: { 'target-throughput': 100 } })
  const parallel = { kind: 'parallel', name: null, tasks: RUNNING_TASKS.map((name) => taskOf(name, nodes)) } as const
  const others = Array.from({ length: 96 }, (_, at) => taskOf(`task-${at + 4}`, 1))
  return buildTrack([parallel as never, ...others])
}
