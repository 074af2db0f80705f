// The way to a node is gone for a while: the cable is pulled, or packets are lost without a word.

import assert from 'node:assert/strict'
import { setTimeout as wait } from 'node:timers/promises'
import type { Fault } from './fault.ts'
import { loses } from './node-faults.ts'

type How = 'down' | 'drop'
const HOW: Readonly<Record<How, string>> = { down: 'pulled', drop: 'silent' }

/** What the node does meanwhile is not lost: it comes when the link is back. */
function survives(how: How, seconds: number): Fault {
  return {
    name: `link ${HOW[how]} for ${seconds} s`,
    async make(fleet) {
      const race = fleet.race(12)
      await race.loaded()
      const at = process.uptime()
      await fleet.hosts.link('b', how)
      await wait(seconds * 1000)
      await fleet.hosts.link('b', 'up')
      const end = await race.endsWith(0)
      const { started, ok } = fleet.account()
      assert.deepEqual([started, ok], [480, 480])
      await fleet.onlyDaemons()
      return { what: race.line(/node b was silent for/), code: 0, seconds: end - at, account: race.accountText() }
    }
  }
}

function isLost(how: How, seconds: number): Fault {
  return {
    name: `link ${HOW[how]} for ${seconds} s`,
    async make(fleet) {
      const race = fleet.race(3600)
      await race.loaded()
      const at = process.uptime()
      await fleet.hosts.link('b', how)
      const outcome = await loses({ race, at }, /ERROR.*node b has been silent/, 20)
      assert.match(race.line(/node b has been silent for 3 s/i), /lost after 10 s/)
      await wait(Math.max(0, at + seconds - process.uptime()) * 1000)
      const before = fleet.countFrom('b')
      await fleet.hosts.link('b', 'up')
      await wait(2000)
      // What was in the socket when the link went, one of each of its two clients, is sent again by the kernel.
      assert.ok(fleet.countFrom('b') <= before + 2, `${fleet.countFrom('b') - before} requests after the lease`)
      const samples = await fleet.pull()
      const { ok, failed, timed_out } = fleet.account()
      assert.ok(samples >= ok + failed + timed_out, `${samples} samples, but ${race.accountText()}`)
      return { ...outcome, what: `${outcome.what} ⏎ then: all ${samples} samples pulled` }
    }
  }
}

export const LINK_FAULTS: readonly Fault[] = [survives('down', 2), survives('drop', 2), isLost('down', 20), isLost('drop', 20)]
