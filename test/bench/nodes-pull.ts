// Pulling what a node keeps: how fast, and whether a race that runs meanwhile is told of as it should be.

import { fork } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { writeFileAtomically } from '../../src/core/atomic-file.ts'
import type { ConnectedNode } from '../../src/coordinator/connected-node.ts'
import { openRemoteNodes } from '../../src/node/remote-node.ts'
import { openRaceFolder } from '../../src/results/race-folder.ts'
import { fileOf } from '../../src/results/result-file.ts'
import { buildOperation, buildTask, buildTrack } from '../helpers/build-track.ts'
import { runSchedule } from '../helpers/run-schedule.ts'
import { startStubTarget } from '../helpers/stub-target.ts'
import { absolute, type Measured } from './measure.ts'
import { BenchDaemons } from './nodes-daemons.ts'
import type { PullOrder, PullReport } from './nodes-puller.ts'

/** About what a full chunk of 16,384 rows takes. */
const FILE_BYTES = 256 * 1024
const FILES = 1000
const MB = 1e6

/** Of one node, over TLS on loopback, on to the disk and acknowledged. Peer: what the disk alone takes of such files, eight at a time. */
export async function pullSpeed(budgetMb: number): Promise<Measured> {
  const daemons = await BenchDaemons.open(1)
  try {
    await keep(daemons, 'kept')
    const { seconds, bytes } = await pull(daemons, 'kept')
    const ours = bytes / MB / seconds
    return {
      name: 'pulling results from a node on loopback',
      unit: 'MB/s',
      ours,
      peer: await diskSpeed(),
      ratio: ours,
      budget: budgetMb,
      ok: ours >= budgetMb
    }
  } finally {
    daemons.close()
  }
}

async function diskSpeed(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'rb-disk-'))
  const noise = randomBytes(FILE_BYTES)
  const startedAt = process.uptime()
  let written = 0
  const write = async (): Promise<void> => {
    while (written < FILES) await writeFileAtomically(join(folder, String(written++)), noise)
  }
  await Promise.all(Array.from({ length: 8 }, write))
  const seconds = process.uptime() - startedAt
  rmSync(folder, { recursive: true, force: true })
  return (FILES * FILE_BYTES) / MB / seconds
}

/** Of a race that runs on the node, while the results of another are pulled: the latest snapshot against that of a race alone. */
export async function snapshotsUnderPull(budgetMs: number): Promise<Measured> {
  const daemons = await BenchDaemons.open(1)
  try {
    await keep(daemons, 'kept')
    const peer = await latestSnapshot(daemons, 'alone', async () => undefined)
    const ours = await latestSnapshot(daemons, 'disturbed', async () => void (await pull(daemons, 'kept')))
    return absolute('snapshots late by, while results are pulled (peer: without)', 'ms', { ours, peer }, budgetMs)
  } finally {
    daemons.close()
  }
}

async function keep(daemons: BenchDaemons, race: string): Promise<void> {
  const folder = await openRaceFolder(join(daemons.home('n1'), '.rally/node'), { race, node: 'n1', epoch: '0a' })
  const common = {
    rally: 'chunk',
    version: 1,
    race,
    node: 'n1',
    epoch: '0a',
    step: 0,
    'started-at-ms': 0,
    count: 16_384,
    codec: 'noise',
    tasks: [],
    errors: [],
    units: [],
    'first-ns': 0,
    'last-ns': 1,
    planes: []
  } as const
  const noise = randomBytes(FILE_BYTES)
  for (let seq = 1; seq <= FILES; seq++) {
    noise.writeUInt32LE(seq)
    writeFileSync(join(folder.chunks, `0a-${String(seq).padStart(7, '0')}`), fileOf({ ...common, seq }, noise))
  }
  await folder.close(FILES * FILE_BYTES)
}

/** By a process of its own, as a user does it: what it writes and removes delays no snapshot of a race that runs here. */
async function pull(daemons: BenchDaemons, race: string): Promise<PullReport> {
  const child = fork(new URL('./nodes-puller.js', import.meta.url), { execArgv: [] })
  const order: PullOrder = { race, nodes: daemons.known, keyFile: daemons.keyFile('c') }
  child.send(order)
  const report = new Promise<PullReport>((resolve, reject) => {
    child.once('message', (message) => resolve(message as PullReport))
    child.once('exit', (code) => reject(new Error(`the process that pulls ended with code ${code}`)))
  })
  const { files, ...cost } = await report
  if (files !== FILES) throw new Error(`${files} files were pulled instead of ${FILES}`)
  return { files, ...cost }
}

/** Ten seconds of a small load; how much later than a second after the one before a snapshot came at worst, ms. */
async function latestSnapshot(daemons: BenchDaemons, race: string, meanwhile: () => Promise<void>): Promise<number> {
  const target = await startStubTarget()
  const search = buildOperation('raw-request', { path: '/_search' }, 'search')
  const track = buildTrack([buildTask(search, { clients: 2, timePeriod: 10, params: { 'target-throughput': 100 } })])
  const opened = await openRemoteNodes({
    nodes: daemons.known,
    key: daemons.key,
    race: { race, token: race, owner: 'bench', force: false },
    signal: new AbortController().signal,
    warn: () => undefined,
    waits: () => undefined
  })
  const cameAt: number[] = []
  const nodes = opened.map((node) => ({ ...node, peer: watched(node.peer, () => cameAt.push(performance.now())) }))
  const running = runSchedule({ track, target, nodes })
  while (cameAt.length < 3) await new Promise((resolve) => setTimeout(resolve, 20))
  await meanwhile()
  await running
  await target.close()
  return Math.max(...cameAt.slice(1, -1).map((at, index) => at - cameAt[index]! - 1000))
}

/** `came` is told of each snapshot. */
function watched(peer: ConnectedNode['peer'], came: () => void): ConnectedNode['peer'] {
  return {
    send: (message) => peer.send(message),
    onClose: (listen) => peer.onClose(listen),
    close: (reason) => peer.close(reason),
    onMessage: (listen) =>
      peer.onMessage((message) => {
        if (message.t === 'snapshot') came()
        listen(message)
      })
  }
}
