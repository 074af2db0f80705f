// Races as a user runs them on several nodes: `rally race --load-driver-hosts`, daemons on loopback addresses, processes that die.

import assert from 'node:assert/strict'
import { createServer, type AddressInfo } from 'node:net'
import { before, describe, test, type TestContext } from 'node:test'
import { DaemonHome, freePort } from '../helpers/daemon-process.ts'
import { accountOf, descendants, errorOf, isAlive, startRace, until, type EndedRace, type RunningRace } from '../helpers/race-process.ts'
import { answerSearch, startStubCluster, type StubCluster } from '../helpers/stub-cluster.ts'
import { searchTask, writeTrack } from '../helpers/write-track.ts'

const coordinator = new DaemonHome()
const names = ['a', 'b', 'c', 'd', 'e', 'f', 'g', 'stranger'] as const
const homes = Object.fromEntries(names.map((name) => [name, new DaemonHome()])) as Record<(typeof names)[number], DaemonHome>
let port = 0

/** An address of its own for each node, as machines have. */
const addressOf = (name: string): string => `127.0.0.${names.indexOf(name as (typeof names)[number]) + 2}`

before(async () => {
  port = await freePort()
  await coordinator.makeClusterKey()
  // It has a key, but not its own.
  for (const name of names) await coordinator.keyFor(name === 'stranger' ? 'somebody' : name, homes[name])
  const known = [...names, 'absent'].map((name) => ({ name, host: name === 'absent' ? '127.0.0.99' : addressOf(name), port }))
  coordinator.inventory(known)
  const start = (name: (typeof names)[number]): Promise<void> =>
    homes[name].start(`--node-name=${name === 'stranger' ? 'somebody' : name}`, `--node-ip=${addressOf(name)}`, `--port=${port}`)
  await Promise.all(names.map(start))
})

async function cluster(t: TestContext): Promise<StubCluster> {
  return startStubCluster((end) => t.after(end), { answer: (_request, response) => void setTimeout(() => answerSearch(response), 5) })
}

const searches = (changes: Readonly<Record<string, unknown>>): string => writeTrack({ schedule: [searchTask(changes)] })
/** Four clients, forty requests a second in all, for longer than any test waits. */
const LONG = { clients: 4, 'time-period': 3600, 'target-throughput': 40 }

let races = 0
function race(target: StubCluster, track: string, ...flags: readonly string[]): RunningRace & { readonly id: string } {
  const id = `r${++races}`
  const running = startRace([`--race-id=${id}`, `--track-path=${track}`, `--target-hosts=${target.where}`, ...flags], { home: coordinator.folder })
  return Object.assign(running, { id })
}

interface StoredNodes {
  readonly nodes: readonly { readonly name: string; readonly address: string; readonly clients: number; readonly requests: number; readonly lost: { readonly step: number; readonly why: string } | null }[]
}

const nodesOf = (running: RunningRace & { readonly id: string }): StoredNodes['nodes'] => (running.raceJson(running.id) as unknown as StoredNodes).nodes

/** The process that serves a race on a node. */
function racePid(name: 'c' | 'd' | 'e' | 'f'): number {
  const [pid] = descendants(homes[name].pid)
  assert.ok(pid !== undefined, `node ${name} has no race`)
  return pid
}

describe('races on daemons', { concurrency: 2 }, () => {
  test('two nodes share the load, and the report has a line for each', shares)
  test('all that keep a race from its start are told at once, before the first request', refuses)
  test('a node that takes long to answer is waited for by name', waits)
  test('a node that is killed is named, the race is invalid, and nothing is left running', killed)
  test('with --on-node-loss=continue the race goes on, and every figure says what it lacks', goesOn)
  test('a coordinator that is killed leaves no load behind; another one has the node with --force', orphaned)
})

async function waits(t: TestContext): Promise<void> {
  const target = await cluster(t)
  // It takes connections, and says nothing.
  const mute = createServer(() => undefined)
  await new Promise<void>((resolve) => mute.listen(0, '127.0.0.1', resolve))
  t.after(() => mute.close())
  const { port: mutePort } = mute.address() as AddressInfo
  const running = race(target, searches({ iterations: 1 }), `--load-driver-hosts=a,127.0.0.1:${mutePort}`)
  await running.says(/Waiting for the answer of node (a, )?127\.0\.0\.1 \(\d+ s\)/)
  assert.equal((await running.interrupt()).code, 130)
  assert.deepEqual(target.requests, [])
}

async function shares(t: TestContext): Promise<void> {
  const target = await cluster(t)
  const running = race(target, searches({ clients: 5, iterations: 20 }), '--load-driver-hosts=a,b')
  const ended = await running.ended
  assert.equal(ended.code, 0, ended.stderr)
  assert.equal(accountOf(running.raceJson(running.id), 'find').ok, 100)
  assert.deepEqual(
    nodesOf(running).map(({ name, address, clients, requests, lost }) => [name, address, clients, requests, lost]),
    [
      ['a', `127.0.0.2:${port}`, 3, 60, null],
      ['b', `127.0.0.3:${port}`, 2, 40, null]
    ]
  )
  assert.match(ended.stdout, new RegExp(`The samples of a, b are on the disks there: .rally results pull ${running.id}. brings them here\\.`))
  assert.match(ended.stdout, /## Load drivers[^]*\| +a \| +3 \|[^]*\| +b \| +2 \|/)
}

async function refuses(t: TestContext): Promise<void> {
  const target = await cluster(t)
  const running = race(target, searches({}), '--load-driver-hosts=g,absent,stranger,127.0.0.98:1')
  const ended = await running.ended
  assert.equal(ended.code, 64)
  assert.match(errorOf(ended), /3 of 4 nodes cannot take part/)
  assert.match(ended.stderr, /node absent: 127\.0\.0\.99:\d+: no daemon listens there.*rallyd start --node-name=absent/)
  assert.match(ended.stderr, /node stranger: .*wrong key, or the node's name is not stranger/)
  assert.match(ended.stderr, /node 127\.0\.0\.98: 127\.0\.0\.98:1: no daemon listens there/)
  assert.equal(target.requests.length, 0)
}

async function killed(t: TestContext): Promise<void> {
  const target = await cluster(t)
  const running = race(target, searches(LONG), '--load-driver-hosts=localhost,c')
  await target.asked(60)
  const [daemon, process_] = [homes.c.pid, racePid('c')]
  process.kill(daemon, 'SIGKILL')
  const atSeconds = process.uptime()
  const ended = await running.ended
  assert.equal(ended.code, 97, ended.stderr)
  assert.match(errorOf(ended), /node c .* in step 1 of 1/)
  assert.ok(process.uptime() - atSeconds < 25, `${process.uptime() - atSeconds} s`)
  balanced(running, ended)
  assert.equal(nodesOf(running)[1]?.lost?.step, 1)
  await until(() => !isAlive(process_), 'the race’s process outlives its daemon')
}

async function goesOn(t: TestContext): Promise<void> {
  const target = await cluster(t)
  const track = writeTrack({ schedule: [searchTask({ clients: 4, 'time-period': 12, 'target-throughput': 40 }), searchTask({ name: 'after', clients: 4, iterations: 2 })] })
  const running = race(target, track, '--load-driver-hosts=localhost,d', '--on-node-loss=continue')
  await target.asked(60)
  process.kill(racePid('d'), 'SIGKILL')
  const ended = await running.ended
  assert.equal(ended.code, 97, ended.stderr)
  assert.equal(running.raceJson(running.id).status, 'finished')
  assert.match(ended.stdout, /INVALID/)
  assert.match(ended.stdout, /find, after: the part of node d is missing/)
  assert.equal(accountOf(running.raceJson(running.id), 'after').ok, 4)
  balanced(running, ended)
}

async function orphaned(t: TestContext): Promise<void> {
  const target = await cluster(t)
  const first = race(target, searches(LONG), '--load-driver-hosts=e,f')
  await target.asked(60)
  first.child.kill('SIGKILL')
  await first.ended
  const diedAt = process.uptime()
  let lastAt = diedAt
  let seen = target.requests.length
  await until(
    () => {
      if (target.requests.length > seen) lastAt = process.uptime()
      seen = target.requests.length
      return process.uptime() - lastAt > 3
    },
    'the load goes on',
    30_000
  )
  // The lease of 5 s counts from the last word: there was one in the second before the end.
  assert.ok(lastAt - diedAt < 7, `${lastAt - diedAt} s`)
  const second = await race(target, searches({ iterations: 3 }), '--load-driver-hosts=e,f').ended
  assert.equal(second.code, 64)
  assert.match(second.stderr, /node [ef] has been taken by race r\d+ of .*@.*rally race --force/)
  const third = await race(target, searches({ clients: 2, iterations: 3 }), '--load-driver-hosts=e,f', '--force').ended
  assert.equal(third.code, 0, third.stderr)
  assert.match(third.stderr, /node [ef]: race r\d+ of .* had to end for this race/)
}

function balanced(running: RunningRace & { readonly id: string }, { stdout }: EndedRace): void {
  accountOf(running.raceJson(running.id), 'find')
  assert.doesNotMatch(stdout, /does not balance/)
}
