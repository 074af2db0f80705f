// `rally results` as a user meets it: after a race, and after one whose process was killed.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { MAIN, raceToEnd, readRace, startRace, until } from '../helpers/race-process.ts'
import { startStubCluster } from '../helpers/stub-cluster.ts'
import { searchTask, writeTrack } from '../helpers/write-track.ts'

interface Ran {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

function rally(home: string, ...line: string[]): Ran {
  const { status, stdout, stderr } = spawnSync(process.execPath, [MAIN, ...line], { env: { PATH: process.env['PATH'] ?? '', HOME: home }, encoding: 'utf8', timeout: 60_000 })
  return { code: status, stdout, stderr }
}

interface Exported {
  readonly task: string
  readonly 'sample-type': string
  readonly 'service-time': number
}

function linesOf({ stdout }: Ran): Exported[] {
  return stdout.split('\n').filter((line) => line !== '').map((line) => JSON.parse(line) as Exported)
}

test('after a race its samples are listed and exported, and its report is made again from them', async (t) => {
  const cluster = await startStubCluster((end) => t.after(end))
  const track = writeTrack({ schedule: [searchTask({ clients: 2, 'warmup-iterations': 5, iterations: 20 }), searchTask({ name: 'again', iterations: 7 })] })
  const { home, code, stderr } = await raceToEnd([`--track-path=${track}`, `--target-hosts=${cluster.where}`])
  assert.equal(code, 0, stderr)
  const live = readRace(home)

  const list = rally(home, 'results', 'list')
  assert.match(list.stdout, /^r +ended +\S+ +57 +\S+$/m)
  assert.match(rally(home, 'results', 'list', 'r').stdout, /^localhost +1 +find +\d+ +50 +\S+\nlocalhost +2 +again +\d+ +7 +\S+$/m)

  const samples = linesOf(rally(home, 'results', 'export', 'r'))
  assert.equal(samples.length, 57)
  assert.equal(samples.filter((sample) => sample.task === 'find' && sample['sample-type'] === 'normal').length, 40)
  const file = join(home, 'samples.csv')
  assert.equal(rally(home, 'results', 'export', 'r', '--format=csv', `--output-path=${file}`).code, 0)
  assert.equal(readFileSync(file, 'utf8').split('\n').length, 59)

  const exact = rally(home, 'results', 'pull', 'r')
  assert.equal(exact.code, 0, exact.stderr)
  assert.match(exact.stdout, /Percentiles are exact/)
  assert.equal(readRace(home).status, 'finished')
  const histograms = rally(home, 'results', 'pull', 'r', '--from=histograms')
  assert.match(histograms.stdout, /Percentiles come from histograms/)
  assert.deepEqual(readRace(home).results, live.results)
})

test('--pull-samples gives the exact report at once', async (t) => {
  const cluster = await startStubCluster((end) => t.after(end))
  const track = writeTrack({ schedule: [searchTask({ clients: 2, iterations: 20 })] })
  const { code, stdout, stderr } = await raceToEnd([`--track-path=${track}`, `--target-hosts=${cluster.where}`, '--pull-samples'])
  assert.equal(code, 0, stderr)
  assert.match(stdout, /Percentiles are exact/)
})

test('a race whose process was killed has its report made from what is on disk', async (t) => {
  const cluster = await startStubCluster((end) => t.after(end))
  const paced = { 'time-period': 600, 'target-throughput': 50 }
  const track = writeTrack({ schedule: [searchTask({ clients: 2, iterations: 20 }), searchTask({ name: 'long', clients: 2, ...paced })] })
  const race = startRace([`--track-path=${track}`, `--target-hosts=${cluster.where}`])
  const snapshots = join(race.home, '.rally', 'node', 'r', 'snapshots')
  // Two snapshots of the second step are written.
  await until(() => existsSync(snapshots) && readdirSync(snapshots).some((name) => name.endsWith('.open') && readFileSync(join(snapshots, name), 'utf8').split('\n').length > 2), 'no snapshots')
  race.child.kill('SIGKILL')
  await race.ended
  assert.equal(readRace(race.home).status, 'running')
  assert.match(rally(race.home, 'results', 'list').stdout, /^r +broken off /m)

  const pulled = rally(race.home, 'results', 'pull', 'r')
  assert.equal(pulled.code, 0, pulled.stderr)
  assert.match(pulled.stderr, /node localhost did not tell all that it measured in step 2/)
  const { status, error, results } = readRace(race.home)
  assert.deepEqual([status, error], ['failed', 'the coordinator ended before the race did; this is what its nodes had kept'])
  const [find, long] = results.op_metrics
  assert.deepEqual([find!.task, find!.account.normal.ok, long!.task], ['find', 40, 'long'])
  // Two seconds at 50/s, less what a busy machine was late by.
  assert.ok(long!.account.normal.ok >= 25, `${long!.account.normal.ok}`)
  assert.equal(linesOf(rally(race.home, 'results', 'export', 'r')).filter((sample) => sample.task === 'find').length, 40)
})

test('what is not there is one clear line', async () => {
  const { home } = await raceToEnd(['--track-path=/nonexistent'])
  for (const [line, code, words] of [
    [['pull', 'x'], 64, /no samples of race \[x\] are here/],
    [['export', '../x'], 2, /"\.\.\/x" is no race id/],
    [['export'], 2, /RACE-ID is missing/],
    [['export', 'x', '--format=text'], 2, /--format: results export takes ndjson or csv, not text/]
  ] as const) {
    const { code: ended, stderr } = rally(home, 'results', ...line)
    assert.equal(ended, code, stderr)
    assert.match(stderr, words)
  }
  assert.match(rally(home, 'results', 'list').stdout, /No samples are kept on this machine/)
})
