// What may become of a worker thread in the middle of a race: it throws, leaves, runs out of memory, or does not turn any more.

import assert from 'node:assert/strict'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { pathToFileURL } from 'node:url'
import { findResults, readChunk } from '../../src/results/read-results.ts'
import { accountOf, errorOf, logOf, startRace, temporaryFiles, temporaryFolder, type RunningRace } from '../helpers/race-process.ts'
import { startStubCluster, type StubCluster } from '../helpers/stub-cluster.ts'
import { searchTask, writeTrack } from '../helpers/write-track.ts'

const PRELOAD = pathToFileURL('dist-test/test/helpers/worker-fault.js').href

interface FaultyRace {
  readonly race: RunningRace
  readonly cluster: StubCluster
  /** Until the race is well on its way; then one of its two workers goes wrong. */
  readonly strike: () => Promise<void>
}

async function raceWith(after: (end: () => Promise<void>) => void, fault: string, spinMs = 'Infinity'): Promise<FaultyRace> {
  const cluster = await startStubCluster(after)
  const track = writeTrack({ schedule: [searchTask({ clients: 4, 'time-period': 3600, 'target-throughput': 50 })] })
  const file = join(temporaryFolder(), 'now')
  const environment = { RALLY_FAULT: fault, RALLY_FAULT_FILE: file, RALLY_SPIN_MS: spinMs }
  const race = startRace([`--track-path=${track}`, `--target-hosts=${cluster.where}`], {
    ini: '[system]\navailable.cores = 2',
    environment,
    // The limit holds for every heap of the process; a flag like it must not keep threads from starting.
    nodeFlags: ['--max-old-space-size=100', '--import', PRELOAD]
  })
  return {
    race,
    cluster,
    strike: async () => {
      await Promise.race([cluster.asked(60), race.ended])
      writeFileSync(file, '')
    }
  }
}

/** On the disk. */
async function samplesOf(race: RunningRace): Promise<number> {
  const { chunks, problems } = await findResults([join(race.home, '.rally/node/r')])
  assert.deepEqual(problems, [])
  const counts = await Promise.all(chunks.map(async ({ path }) => (await readChunk(path)).header.count))
  return counts.reduce((sum, count) => sum + count, 0)
}

for (const [fault, words] of [
  ['throw', /worker \d died: a planted error/],
  ['exit', /worker \d died: .*exit.* 3/],
  ['memory', /worker \d ran out of memory/]
] as const) {
  test(`a worker that goes wrong (${fault}) ends the race as invalid, named, with all that is known, and all it had measured is kept`, async (t) => {
    const { race, cluster, strike } = await raceWith((end) => t.after(end), fault)
    await strike()
    const ended = await race.ended
    assert.equal(ended.code, 97, ended.stderr)
    assert.match(errorOf(ended), words)
    assert.match(ended.stdout, words)
    const document = race.raceJson()
    assert.equal(document.status, 'failed')
    assert.ok(accountOf(document, 'find').ok > 0)
    assert.deepEqual(temporaryFiles(race.home), [])
    const told = /worker \d was lost in step 1: its (\d+) samples are kept(?:, but the last (\d+), since it last told its figures, are in none of them)?; what it had in flight is unknown/
    for (const text of [ended.stderr, ended.stdout]) assert.match(text, told)
    const [, kept = 0, uncounted = 0] = (told.exec(ended.stderr) ?? []).map((count) => Number(count ?? 0))
    assert.ok(kept > 0 && uncounted <= kept)
    // All but what its clients, and those of the other worker, had in flight; what it had since its last second was never told of.
    const samples = await samplesOf(race)
    const searches = cluster.requests.filter(({ path }) => path.includes('_search')).length
    assert.ok(samples >= searches - 4, `${samples} samples of ${searches} requests`)
    assert.equal(samples, accountOf(document, 'find').ok + uncounted)
    if (fault === 'throw') assert.match(logOf(race.home), /Error: a planted error\n +at .*worker-fault/)
  })
}

test('a worker that does not turn is named while it does not, and again when it does', async (t) => {
  const { race, strike } = await raceWith((end) => t.after(end), 'spin', '7000')
  await strike()
  await race.says(/\[WARNING\] worker \d has been stuck for 5 s/)
  await race.says(/\[WARNING\] worker \d turns again after \d+ s/)
  const ended = await race.interrupt()
  assert.equal(ended.code, 130, ended.stderr)
  assert.equal(accountOf(race.raceJson(), 'find').unknown, 0)
})

test('a worker that never turns again does not keep a cancelled race from its end', async (t) => {
  const { race, strike } = await raceWith((end) => t.after(end), 'spin')
  await strike()
  await race.says(/worker \d has been stuck/)
  const ended = await race.interrupt()
  assert.equal(ended.code, 130, ended.stderr)
  assert.match(ended.stderr, /node localhost did not tell all that it measured/)
  assert.equal(race.raceJson().status, 'cancelled')
  const { ok } = accountOf(race.raceJson(), 'find')
  assert.ok(ok > 0)
  assert.ok((await samplesOf(race)) >= ok)
})
