import assert from 'node:assert/strict'
import { appendFileSync, mkdtempSync, readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { deflateRawSync } from 'node:zlib'
import type { Snapshot, StepJoined } from '../../../src/protocol/messages.ts'
import { fileOf } from '../../../src/results/result-file.ts'
import { findResults, readEvents } from '../../../src/results/read-results.ts'
import { sealLeftOpen } from '../../../src/results/snapshot-writer.ts'
import { Histogram } from '../../../src/sample/histogram.ts'
import { NO_TIMES } from '../../../src/sample/merge.ts'
import { makeResults, temporaryFolder } from '../../helpers/node-results.ts'

const base = temporaryFolder()

function snapshot(seq: number, step = 0): Snapshot {
  const histogram = new Histogram()
  for (let i = 1; i < 50; i++) histogram.record(i * seq * 0.37)
  const times = { ...NO_TIMES, latency: histogram.toSparse(), service: histogram.toSparse() }
  const okService = { n: 49, sum: 1 / 3, min: 0.1, max: 2.5, m2: 0.7 }
  const second = { k: seq, sent: 49, ok: 49, failed: {}, cancelled: 0, work: 49, ...times, okService, maxService: 9.1, errorRun: 0 }
  const tally = { started: 49 * seq, ok: 49 * seq, failed: { timeout: 1 }, cancelled: 0, work: { ops: 49 * seq }, bytes: 7, retries: 0 }
  return { node: 'a', epoch: '0a', seq, step, tasks: { search: { normal: { tally, seconds: [second] } } }, progress: {}, health: [], nodeHealth: [] }
}

function joined(step: number): StepJoined {
  const { latency } = snapshot(3).tasks['search']!.normal!.seconds[0]!
  const type = { tally: snapshot(3).tasks['search']!.normal!.tally, histograms: { ...NO_TIMES, latency }, seconds: [] }
  const ends = { warmAtMs: 1.5, firstEndAtMs: 2, lastEndAtMs: 2_678_399_999.875, firstSentAtMs: null, lastSentAtMs: 0.1 + 0.2, clients: 2 }
  return { node: 'a', epoch: '0a', step, tasks: { search: { types: { normal: type }, errors: [], unit: 'ops', isThrottled: false, ...ends } } }
}

async function eventsIn(folder: string) {
  const { snapshots } = await findResults([folder])
  return { snapshots, events: (await Promise.all(snapshots.map(({ path }) => readEvents(path)))).flat() }
}

test('what is told comes back exactly, in its order: a file a minute, one at each step’s end', async () => {
  const dir = mkdtempSync(join(base, 'x-'))
  const told = [...Array.from({ length: 130 }, (_, index) => snapshot(index + 1)), joined(0), snapshot(131, 1), joined(1)]
  await makeResults(dir, { events: told })
  const { snapshots, events } = await eventsIn(join(dir, 'r'))
  assert.deepEqual(snapshots.map(({ header }) => [header.step, header.count, header.joined]), [[0, 60, false], [0, 60, false], [0, 11, true], [1, 2, true]])
  assert.deepEqual(events, told.map((event) => ({ t: 'seq' in event ? 'snapshot' : 'step-joined', ...event })))
})

test('what a killed node left open is found up to its last whole line, once the race is over', async () => {
  const dir = mkdtempSync(join(base, 'x-'))
  await makeResults(dir, { events: [snapshot(1), joined(0), snapshot(2, 1), snapshot(3, 1)], isOpen: true })
  const folder = join(dir, 'r', 'snapshots')
  const left = readdirSync(folder).find((name) => name.endsWith('.open'))!
  appendFileSync(join(folder, left), '{"t":"snapshot","node":"a","ep')
  assert.equal((await eventsIn(join(dir, 'r'))).events.length, 2)
  await sealLeftOpen(folder, 'r')
  const { events } = await eventsIn(join(dir, 'r'))
  assert.deepEqual(events.map((event) => ('seq' in event ? event.seq : 'joined')), [1, 'joined', 2, 3])
  assert.deepEqual(readdirSync(folder).filter((name) => name.endsWith('.open')), [])
})

test('a small file that inflates to very much is damaged, not read', async () => {
  const path = join(mkdtempSync(join(base, 'x-')), '0a-000000')
  const facts = { race: 'r', node: 'a', epoch: '0a', seq: 0, step: 0, 'started-at-ms': 0, count: 1, joined: true, codec: 'ndjson-deflate' }
  writeFileSync(path, fileOf({ rally: 'snapshots', version: 1, ...facts }, deflateRawSync(Buffer.alloc(300 << 20), { level: 1 })))
  await assert.rejects(readEvents(path), /0a-000000 is damaged: .*larger than/)
})

test('a file whose events have not the shape of their messages is damaged, and named', async () => {
  const dir = mkdtempSync(join(base, 'x-'))
  const odd = { ...snapshot(1), nodeHealth: 'none' } as unknown as Snapshot
  await makeResults(dir, { events: [odd, joined(0)] })
  await assert.rejects(eventsIn(join(dir, 'r')), /0a-000000 is damaged: wrong shape of a message: snapshot.nodeHealth must be array/)
})
