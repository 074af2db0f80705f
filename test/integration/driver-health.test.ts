// A load generator that is starved in one way or another: it says which of its figures suffered, where and when, and what to do. And
// a target that is slow: nobody blames the load generator.

import assert from 'node:assert/strict'
import { execFileSync, spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { pathToFileURL } from 'node:url'
import type { HealthFinding } from '../../src/metrics/measurement.ts'
import { errorOf, MAIN, raceToEnd, startRace, temporaryFolder, type RaceOptions, type RunningRace } from '../helpers/race-process.ts'
import { answerSearch, startStubCluster, type StubClusterOptions, type StubCluster } from '../helpers/stub-cluster.ts'
import { searchTask, writeTrack } from '../helpers/write-track.ts'

interface Finding extends Pick<HealthFinding, 'figure' | 'worst' | 'limit' | 'breached' | 'where' | 'seconds' | 'advice'> {
  readonly when: { readonly step: number; readonly tasks: readonly string[]; readonly from_second: number; readonly to_second: number } | null
}

/** The limits as they are without a rally.ini; changes are lines of `[health]`. */
const limits = (changes = ''): string => `[system]\navailable.cores = 1\n\n[health]\n${changes}`

interface Starved {
  readonly race: RunningRace
  readonly cluster: StubCluster
}

async function throttledRace(t: TestContext, seconds: number, options: RaceOptions & StubClusterOptions = {}): Promise<Starved> {
  const cluster = await startStubCluster((end) => t.after(end), options)
  const track = writeTrack({ schedule: [searchTask({ clients: 4, 'time-period': seconds, 'target-throughput': 200 })] })
  const race = startRace([`--track-path=${track}`, `--target-hosts=${cluster.where}`], { ini: limits(), ...options })
  return { race, cluster }
}

function finding(race: RunningRace, figure: string): Finding {
  const { health } = race.raceJson() as unknown as { readonly health: { readonly findings: readonly Finding[] } }
  const found = health.findings.find((one) => one.figure === figure)
  assert.ok(found !== undefined, `${figure} is not among ${health.findings.map((one) => one.figure).join(', ')}`)
  return found
}

/** It ended as invalid, said so on every way out, and the figure is over its limit in a moment of the task. */
async function assertInvalid(race: RunningRace, figure: string): Promise<Finding> {
  const ended = await race.ended
  assert.equal(ended.code, 97, ended.stderr)
  assert.match(errorOf(ended), /The race is invalid: .*limit .*seconds? \d/)
  assert.match(ended.stdout, /^Measured .* INVALID: the load generator did not keep up \(.*\); see below\.$/m)
  const found = finding(race, figure)
  assert.equal(found.breached, true, JSON.stringify(found))
  assert.ok(ended.stdout.includes(`- ${figure} `), ended.stdout)
  assert.deepEqual(found.when?.tasks, ['find'])
  return found
}

test('a worker that something else keeps busy is named by its event-loop delay', async (t) => {
  const file = join(temporaryFolder(), 'now')
  const preload = pathToFileURL('dist-test/test/helpers/worker-fault.js').href
  const environment = { RALLY_FAULT: 'block', RALLY_FAULT_FILE: file }
  const { race, cluster } = await throttledRace(t, 12, { environment, nodeFlags: ['--import', preload] })
  await cluster.asked(50)
  writeFileSync(file, '')
  const found = await assertInvalid(race, 'event-loop delay p99')
  assert.ok(found.seconds >= 5 && found.worst! > 20, JSON.stringify(found))
  assert.equal(found.where, 'node localhost, worker 0')
})

test('a process that was stopped for two seconds is told so, and when', async (t) => {
  const { race, cluster } = await throttledRace(t, 8)
  await cluster.asked(100)
  race.child.kill('SIGSTOP')
  await wait(2000)
  race.child.kill('SIGCONT')
  const found = await assertInvalid(race, 'event-loop delay p99 of the step')
  const stoodStillMs = Number(/stood still for up to (\d+) ms/.exec(found.advice)?.[1])
  assert.ok(stoodStillMs >= 1900, found.advice)
  assert.ok(found.seconds >= 1.9)
})

test('a load generator whose core others keep busy is told to get a machine of its own', async (t) => {
  const hogs = Array.from({ length: 6 }, () => spawn('taskset', ['-c', '0', process.execPath, '-e', 'for (;;);'], { stdio: 'ignore' }))
  t.after(() => hogs.forEach((hog) => hog.kill('SIGKILL')))
  const { race, cluster } = await throttledRace(t, 10)
  execFileSync('taskset', ['-a', '-c', '-p', '0', String(race.pid)])
  await cluster.asked(1)
  // Threads that were not there yet have it from those that started them.
  execFileSync('taskset', ['-a', '-c', '-p', '0', String(race.pid)])
  const ended = await race.ended
  assert.equal(ended.code, 97, ended.stderr)
  assert.match(errorOf(ended), /other processes took \d+ % of this machine's cores: use a machine of its own|stood still for up to \d+ ms/)
  assert.ok(finding(race, 'wait for a core').worst! > 10, ended.stdout)
})

test('too few file descriptors are refused before the first request, with the limit to set', async (t) => {
  const cluster = await startStubCluster((end) => t.after(end))
  const track = writeTrack({ schedule: [searchTask({ clients: 200, iterations: 1 })] })
  const home = temporaryFolder()
  const flags = [MAIN, 'race', '--race-id=r', `--track-path=${track}`, `--target-hosts=${cluster.where}`]
  const child = spawn('bash', ['-c', 'ulimit -n 150 && exec "$0" "$@"', process.execPath, ...flags], { env: { PATH: process.env['PATH'] ?? '', HOME: home }, stdio: ['ignore', 'ignore', 'pipe'] })
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const code = await new Promise((resolve) => child.on('close', resolve))
  assert.equal(code, 64, stderr)
  assert.match(errorOf({ stderr }), /cannot play 200 clients: \d+ file descriptors are needed \(200 for connections\), 150 are allowed; raise the limit: ulimit -n \d+/)
  assert.equal(cluster.requests.length, 0)
})

test('requests that found no descriptor are no fault of the target: they make the race invalid', async (t) => {
  let isClosing = false
  const { race, cluster } = await throttledRace(t, 6, {
    answer: (_request, response) => {
      if (isClosing) response.setHeader('connection', 'close')
      answerSearch(response)
    }
  })
  await cluster.asked(50)
  execFileSync('prlimit', ['--pid', String(race.pid), '--nofile=10:'])
  isClosing = true
  const ended = await race.ended
  // Samples that find no file end the race, too; that error outranks.
  assert.ok(ended.code === 97 || (ended.code === 64 && /EMFILE/.test(errorOf(ended))), ended.stderr)
  const words = /requests that failed with no-descriptors \d+, limit 0, at task find: raise `ulimit -n`/
  assert.match(ended.stderr, words)
  assert.match(ended.stdout, /INVALID/)
  assert.match(ended.stdout, words)
})

test('a slow target is not blamed on the load generator: its late clients are told, its latency is its own', async (t) => {
  const cluster = await startStubCluster((end) => t.after(end), { answer: (_request, response) => void setTimeout(() => answerSearch(response), 200) })
  const track = writeTrack({ schedule: [searchTask({ clients: 2, 'time-period': 4, 'target-throughput': 100 })] })
  // Shorter than the window; what a busy machine does to the rest is not the matter here.
  const ini = limits('send.delay.p99.ms = 1000')
  const race = startRace([`--track-path=${track}`, `--target-hosts=${cluster.where}`], { ini })
  const ended = await race.ended
  assert.equal(ended.code, 0, ended.stderr)
  const late = finding(race, 'late clients')
  assert.deepEqual([late.worst, late.limit, late.breached], [2, null, false])
  const [task] = race.raceJson().results.op_metrics as unknown as readonly { readonly latency: Record<string, number>; readonly service_time: Record<string, number> }[]
  assert.ok(task!.latency['50_0']! > task!.service_time['50_0']! * 2, JSON.stringify(task))
})

test('a race that is invalid looks it in the list', async (t) => {
  const cluster = await startStubCluster((end) => t.after(end))
  const track = writeTrack({ schedule: [searchTask({ clients: 2, 'time-period': 4, 'target-throughput': 300 })] })
  // No load generator is as punctual as that.
  const { home, code } = await raceToEnd([`--track-path=${track}`, `--target-hosts=${cluster.where}`], { ini: limits('send.delay.p99.ms = 0\nsend.delay.latency.percent = 0') })
  assert.equal(code, 97)
  const list = execFileSync(process.execPath, [MAIN, 'list', 'races'], { env: { PATH: process.env['PATH'] ?? '', HOME: home }, encoding: 'utf8' })
  assert.match(list, /finished, invalid/)
})
