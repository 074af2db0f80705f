// A node has one coordinator at a time, and no race outlives its daemon or takes it along.

import assert from 'node:assert/strict'
import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { before, test } from 'node:test'
import type { Hello } from '../../src/protocol/hello.ts'
import { dial, RefusedError } from '../../src/protocol/dial.ts'
import type { NodeEvent } from '../../src/protocol/messages.ts'
import { DaemonHome } from '../helpers/daemon-process.ts'
import { descendants, isAlive, until } from '../helpers/race-process.ts'

const home = new DaemonHome()
before(() => home.start('--node-name=a'))

type Words = Pick<Hello, 'race' | 'token' | 'seq' | 'owner' | 'force'>

/** A coordinator's control connection, with what it heard. */
async function control(words: Words) {
  const connection = await dial({
    address: { socketPath: home.socket },
    identity: 'a',
    key: null,
    hello: { role: 'control', ...words },
    deadlineMs: 20_000
  })
  const heard: NodeEvent[] = []
  const end = { reason: null as string | null }
  connection.onMessage((event) => heard.push(event))
  connection.onClose((reason) => (end.reason = reason))
  return { connection, heard, end, finish: () => connection.send({ t: 'finish', seq: 1 }) }
}

/** What a coordinator learns of the end: as an event, or, where its session had not begun yet, with the end of the connection. */
function lastWords({ heard, end }: Awaited<ReturnType<typeof control>>): string {
  return [...heard.flatMap((event) => (event.t === 'stopped' ? [event.reason] : [])), end.reason].join('; ')
}

async function refusal(words: Words): Promise<RefusedError> {
  const error = await control(words).then(
    () => null,
    (thrown: unknown) => thrown
  )
  assert.ok(error instanceof RefusedError, String(error))
  return error
}

async function state(): Promise<Record<string, unknown>> {
  const { stdout } = await home.daemon('status', '--json')
  return (JSON.parse(stdout) as { daemon: Record<string, unknown> }).daemon
}

/** Of the process of a race. */
function pidOf(race: string): number {
  return Number(new RegExp(`race ${race} of .* has this node \\(pid (\\d+)\\)`).exec(home.log)?.[1])
}

async function untilIdle(): Promise<void> {
  const endAt = process.uptime() + 20
  while ((await state())['state'] !== 'idle') assert.ok(process.uptime() < endAt, 'the node does not become free')
}

test('the first coordinator has the node until it says finish; another is told whose it is', async () => {
  const first = await control({ race: 'r1', token: 't1', owner: 'esra@laptop' })
  const { state: is, race, owner } = await state()
  assert.deepEqual([is, race, owner], ['preparing', 'r1', 'esra@laptop (the Unix socket)'])
  const { code, message, hint } = await refusal({ race: 'r2', token: 't2' })
  assert.equal(code, 'busy')
  assert.match(message, /node a has been taken by race r1 of esra@laptop \(.*\) for \d+/)
  assert.match(hint, /rally race --force/)
  first.finish()
  // Asked for while the first is still ending: it waits, and is not turned away.
  const second = await control({ race: 'r2', token: 't2' })
  await until(() => first.heard.some(({ t }) => t === 'stopped') && first.end.reason !== null, 'the first does not end')
  second.finish()
  await untilIdle()
})

test('a coordinator that opens a second connection still has its node; one whose session is gone is told how it ended', async () => {
  const first = await control({ race: 'r3', token: 't3' })
  const again = await control({ race: 'r3', token: 't3', seq: 0 })
  await until(() => first.end.reason !== null, 'the old connection is still used')
  assert.equal((await refusal({ race: 'r3', token: 'another', seq: 0 })).code, 'race')
  again.finish()
  await until(() => again.end.reason !== null, 'it does not end')
  await untilIdle()
  const { code, message } = await refusal({ race: 'r3', token: 't3', seq: 0 })
  assert.equal(code, 'race')
  assert.match(message, /the session of race r3 on node a has ended/)
})

test('the same key may take the node by force: the one who had it is told by whom, the one who takes it from whom', async () => {
  const first = await control({ race: 'r4', token: 't4', owner: 'esra@laptop' })
  const second = await control({ race: 'r5', token: 't5', owner: 'ci@build-3', force: true })
  assert.match(second.connection.welcome.evicted ?? '', /race r4 of esra@laptop/)
  await until(() => first.end.reason !== null, 'it still has the node')
  assert.match(lastWords(first), /ci@build-3 .*has taken node a by force/)
  assert.equal((await state())['race'], 'r5')
  assert.match(home.log, /takes this node by force from race r4 of esra@laptop/)
  second.finish()
  await untilIdle()
})

test('two who come at the same time do not both get the node', async () => {
  const tried = await Promise.allSettled(['x', 'y', 'z'].map((name) => control({ race: name, token: name })))
  const got = tried.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []))
  assert.equal(got.length, 1)
  got[0]?.finish()
  await untilIdle()
})

test('a race whose process dies takes nothing along: its coordinator is told, and the node is free at once', async () => {
  const race = await control({ race: 'r6', token: 't6' })
  process.kill(pidOf('r6'), 'SIGKILL')
  await until(() => race.end.reason !== null, 'its coordinator is not told')
  assert.match(race.end.reason ?? '', /the process of race r6 on node a died \(SIGKILL\)/)
  await untilIdle()
  assert.match((await refusal({ race: 'r6', token: 't6', seq: 0 })).message, /died \(SIGKILL\)/)
  const next = await control({ race: 'r7', token: 't7' })
  next.finish()
  await untilIdle()
})

test('results and files are given out to those who may have them only', async () => {
  const open = (role: 'results' | 'files', words: Words) =>
    dial({ address: { socketPath: home.socket }, identity: 'a', key: null, hello: { role, ...words }, deadlineMs: 20_000 })
  await assert.rejects(open('results', { race: 'never' }), /keeps nothing of race never/)
  await assert.rejects(open('results', { race: '../x' }), /wrong shape of a message: hello.race must match/)
  await assert.rejects(open('files', { race: 'never', token: 't' }), /does not have node a/)
})

test('a daemon that is stopped tells its race why; one that is killed leaves no process behind', async () => {
  const first = await control({ race: 'r8', token: 't8' })
  const processes = [home.pid, ...descendants(home.pid)]
  assert.equal((await home.daemon('stop')).code, 0)
  assert.deepEqual(processes.filter(isAlive), [])
  assert.match(lastWords(first), /the daemon of node a has been stopped/)
  await home.start('--node-name=a')
  await control({ race: 'r9', token: 't9' })
  const again = [home.pid, pidOf('r9')]
  assert.ok(again.every(isAlive))
  process.kill(home.pid, 'SIGKILL')
  await until(() => !again.some(isAlive), 'a process of the race lives on')
  await home.start('--node-name=a')
})

test('a rally.ini that cannot be used costs the race, and is told to its coordinator', async () => {
  mkdirSync(home.path(), { recursive: true })
  writeFileSync(home.path('rally.ini'), '[system]\navailable.cores = many\n')
  const race = await control({ race: 'r10', token: 't10' })
  await until(() => race.end.reason !== null, 'it is not told')
  assert.match(race.end.reason ?? '', /rally\.ini:2.*available\.cores/)
  rmSync(home.path('rally.ini'))
  await untilIdle()
  assert.ok(existsSync(home.socket))
})

test('who asks for the state again and again without hearing the answer is let go', async () => {
  const connection = await dial({ address: { socketPath: home.socket }, identity: 'a', key: null, hello: { role: 'status' }, deadlineMs: 20_000 })
  const closed = new Promise<string>((resolve) => connection.onClose(resolve))
  for (let seq = 0; seq < 2000; seq++) connection.send({ t: 'ask-status', seq })
  assert.match(await closed, /more than 16 questions without waiting for an answer/)
  assert.equal((await state())['node'], 'a')
})
