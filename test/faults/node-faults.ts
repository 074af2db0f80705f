// A node's processes die, stand still, or begin anew.

import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import type { Fault, Outcome } from './fault.ts'
import type { Fleet } from './fleet.ts'
import type { FleetRace } from './fleet-race.ts'

const DAEMONS = 'main\\.js daemon|(race|results)-process\\.js'
/** Longer than any test waits. */
const LONG = 3600

/** A loaded race, and when the fault came. */
async function struck(
  fleet: Fleet,
  seconds: number,
  strike: () => Promise<unknown>
): Promise<{ readonly race: FleetRace; readonly at: number }> {
  const race = fleet.race(seconds)
  await race.loaded()
  const at = process.uptime()
  await strike()
  return { race, at }
}

/** It ends as invalid because b is lost, with a line that says so, within so many seconds; a plays on no longer either. */
export async function loses(
  { race, at }: { readonly race: FleetRace; readonly at: number },
  words: RegExp,
  withinSeconds: number
): Promise<Outcome> {
  const end = await race.endsWith(97)
  assert.ok(end - at < withinSeconds, `${end - at} s`)
  assert.match(race.line(words), /node b .*in step 1 of 1/)
  assert.match(race.stdout, /INVALID/)
  return { what: race.line(words), code: 97, seconds: end - at, account: race.accountText() }
}

/** All that a node had written: what its two clients, at twenty requests a second, had measured but for the last ten seconds. */
async function pulledAfterDeath(fleet: Fleet): Promise<string> {
  const samples = await fleet.pull()
  const { ok } = fleet.account()
  assert.ok(samples >= ok - 20 * 12, `${samples} samples of ${ok} answers`)
  return `${samples} samples pulled from both disks, of ${ok} answers`
}

const killed: Fault = {
  name: 'kill -9 of all processes of a node',
  async make(fleet) {
    const outcome = await loses(await struck(fleet, LONG, () => fleet.hosts.kill('b', DAEMONS, 'KILL')), /ERROR.*node b/, 20)
    await fleet.onlyDaemons(['a'])
    await fleet.startDaemon('b')
    return { ...outcome, what: `${outcome.what} ⏎ then: ${await pulledAfterDeath(fleet)}` }
  }
}

const powerCut: Fault = {
  name: 'power cut of a node',
  async make(fleet) {
    const outcome = await loses(await struck(fleet, LONG, () => fleet.hosts.down('b')), /ERROR.*silent/, 20)
    await fleet.hosts.up('b')
    await fleet.startDaemon('b')
    return { ...outcome, what: `${outcome.what} ⏎ then: ${await pulledAfterDeath(fleet)}` }
  }
}

const restarted: Fault = {
  name: 'node restarted in the middle of a race',
  async make(fleet) {
    const strike = async (): Promise<void> => assert.equal((await fleet.rally('b', 'daemon', 'restart')).code, 0)
    const outcome = await loses(await struck(fleet, LONG, strike), /ERROR.*node b/, 25)
    await fleet.onlyDaemons()
    const samples = await fleet.pull()
    const { ok, failed, timed_out } = fleet.account()
    assert.ok(samples >= ok + failed + timed_out, `${samples} samples of ${ok} answers`)
    return { ...outcome, what: `${outcome.what} ⏎ then: all ${samples} samples pulled` }
  }
}

/** A node that stands still for less time than its lease is long goes on; the gap is told, and nothing is missing. */
function survivesStop(seconds: number): Fault {
  return {
    name: `SIGSTOP of a node for ${seconds} s`,
    async make(fleet) {
      const { race, at } = await struck(fleet, 12, () => fleet.hosts.freeze('b'))
      await wait(seconds * 1000)
      if (seconds > 3) await race.says(/node b has been silent for 3 s/i)
      await fleet.hosts.thaw('b')
      await race.says(/node b was silent for/)
      const end = await race.endsWith(0)
      const { started, ok } = fleet.account()
      assert.deepEqual([started, ok], [480, 480])
      await fleet.onlyDaemons()
      return { what: race.line(/was silent for/), code: 0, seconds: end - at, account: race.accountText() }
    }
  }
}

/** Its lease has run out: not a request leaves it when it goes on, and its session ends by itself. */
function losesStopped(seconds: number): Fault {
  return {
    name: `SIGSTOP of a node for ${seconds} s`,
    async make(fleet) {
      const hit = await struck(fleet, LONG, () => fleet.hosts.freeze('b'))
      await wait(seconds * 1000)
      // What was in its sockets when it was stopped has come by now.
      const before = fleet.countFrom('b')
      await fleet.hosts.thaw('b')
      const outcome = await loses(hit, /ERROR.*node b/, seconds + 10)
      assert.equal(fleet.countFrom('b'), before, 'a request left a node without a lease')
      await fleet.quiet(2)
      assert.equal(fleet.countFrom('b'), before, 'a request left a node without a lease')
      return outcome
    }
  }
}

export const NODE_FAULTS: readonly Fault[] = [
  killed,
  powerCut,
  restarted,
  survivesStop(2),
  survivesStop(4),
  losesStopped(7),
  losesStopped(15)
]
