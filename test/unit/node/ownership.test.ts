import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Ownership, type OwnedRace } from '../../../src/node/ownership.ts'
import type { RaceStatus } from '../../../src/node/race-messages.ts'
import type { Hello } from '../../../src/protocol/hello.ts'

/** A race's process that does what the test says. */
class FakeRace implements OwnedRace {
  readonly pid = 1
  onStatus: (status: RaceStatus) => void = () => {}
  readonly ended: Promise<string>
  readonly endedFor: string[] = []
  #end: (words: string) => void = () => {}

  constructor() {
    this.ended = new Promise((resolve) => (this.#end = resolve))
  }

  is(phase: RaceStatus['phase']): void {
    this.onStatus({ phase, step: null, steps: 0 })
  }

  die(words: string): void {
    this.#end(words)
  }

  end(reason: string): Promise<void> {
    this.endedFor.push(reason)
    this.is('none')
    return Promise.resolve()
  }
}

function setUp() {
  const races = new Map<string, FakeRace>()
  const log: string[] = []
  const open = (race: string): Promise<OwnedRace> => {
    const one = new FakeRace()
    races.set(race, one)
    return Promise.resolve(one)
  }
  const ownership = new Ownership({ node: 'a', open, log: (line) => log.push(line) })
  const hello = (race: string, more: Partial<Hello> = {}) =>
    ({
      t: 'hello',
      protocol: 1,
      version: '',
      program: '',
      role: 'control',
      race,
      token: `token ${race}`,
      owner: `owner of ${race}`,
      ...more
    }) as const
  const claim = (race: string, more: Partial<Hello> = {}) => ownership.claim(hello(race, more), '10.0.0.1:5000')
  return { ownership, races, log, hello, claim }
}

const refusalOf = (answer: object): { readonly code: string; readonly message: string } => answer as never

test('an owner keeps its node while it has a session, and comes back to it over other connections', async () => {
  const { ownership, races, claim } = setUp()
  assert.deepEqual(await claim('r1'), { evicted: null })
  races.get('r1')?.is('preparing')
  assert.deepEqual(await claim('r1', { seq: 7 }), { evicted: null })
  const busy = refusalOf(await claim('r2'))
  assert.deepEqual(
    [busy.code, busy.message],
    ['busy', 'node a has been taken by race r1 of owner of r1 (10.0.0.1:5000) for 0s; its coordinator has been gone for 0s']
  )
  races.get('r1')?.is('none')
  assert.equal(ownership.owner, null)
  assert.deepEqual(await claim('r2'), { evicted: null })
})

test('a coordinator that is there is not told to be gone', async () => {
  const { ownership, races, claim, hello } = setUp()
  await claim('r1')
  races.get('r1')?.is('running')
  const disconnected = [ownership.connected(hello('r1')), ownership.connected(hello('r1', { seq: 1 }))]
  disconnected[0]?.()
  assert.doesNotMatch(refusalOf(await claim('r2')).message, /gone/)
  disconnected[1]?.()
  assert.match(refusalOf(await claim('r2')).message, /its coordinator has been gone for 0s/)
})

test('a session that is gone is told with how it ended, and never begun again by who comes back to it', async () => {
  const { races, claim } = setUp()
  await claim('r1')
  races.get('r1')?.die('the process of race r1 died (SIGKILL)')
  await Promise.resolve()
  const last = refusalOf(await claim('r1', { seq: 3 }))
  assert.deepEqual([last.code, last.message], ['race', 'the process of race r1 died (SIGKILL)'])
  assert.match(refusalOf(await claim('r9', { seq: 3 })).message, /has been started anew, and knows nothing of race r9/)
})

test('a node that is told to finish is waited for', async () => {
  const { ownership, races, claim } = setUp()
  await claim('r1')
  races.get('r1')?.is('running')
  ownership.finishing('r1')
  const waiting = claim('r2')
  await new Promise((resolve) => setImmediate(resolve))
  assert.equal(ownership.owner?.race, 'r1')
  // While that one waits, the owner may still open another connection.
  assert.deepEqual(await claim('r1', { seq: 1 }), { evicted: null })
  races.get('r1')?.is('none')
  assert.deepEqual(await waiting, { evicted: null })
  assert.equal(ownership.owner?.race, 'r2')
})

test('force ends the race that has the node, and both learn of each other', async () => {
  const { ownership, races, log, claim } = setUp()
  await claim('r1')
  races.get('r1')?.is('running')
  assert.deepEqual(await claim('r2', { force: true }), { evicted: 'race r1 of owner of r1 (10.0.0.1:5000)' })
  assert.match(races.get('r1')?.endedFor.join() ?? '', /owner of r2 \(10\.0\.0\.1:5000\) has taken node a by force/)
  assert.equal(ownership.owner?.race, 'r2')
  assert.ok(log.some((line) => /takes this node by force from race r1/.test(line)))
})

test('names from outside stay on their line', async () => {
  const { log, claim } = setUp()
  await claim('r1', { owner: 'x\n2026 INFO all is well\u001b[2J' })
  assert.match(log[0] ?? '', /^race r1 of x\?2026 INFO all is well\?\[2J \(10\.0\.0\.1:5000\) has this node/)
})
