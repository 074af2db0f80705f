// A worker thread of a node goes wrong: it throws, leaves, runs out of heap, or does not turn for a while.

import assert from 'node:assert/strict'
import { pathToFileURL } from 'node:url'
import type { Fault } from './fault.ts'

const PRELOAD = pathToFileURL('dist-test/test/helpers/worker-fault.js').href

const environmentOf = (fault: string): Record<string, string> => ({
  RALLY_FAULT: fault,
  RALLY_FAULT_FILE: '/tmp/now',
  RALLY_SPIN_MS: '30000',
  NODE_OPTIONS: `--max-old-space-size=100 --import ${PRELOAD}`
})

function dies(what: string, fault: string, words: RegExp): Fault {
  return {
    name: `a worker of a node ${what}`,
    settings: { environment: environmentOf(fault) },
    async make(fleet) {
      const race = fleet.race(3600)
      await race.loaded()
      const at = process.uptime()
      await fleet.hosts.exec('b', ['touch', '/tmp/now'])
      const end = await race.endsWith(97)
      assert.match(race.line(/\[ERROR\]/), words)
      await fleet.onlyDaemons()
      const samples = await fleet.pull()
      const requests = fleet.countFrom('a') + fleet.countFrom('b')
      // All but what the four clients had in flight.
      assert.ok(samples >= requests - 4, `${samples} samples of ${requests} requests`)
      return {
        what: `${race.line(/\[ERROR\]/)} ⏎ ${race.line(/was lost in step/)} ⏎ then: ${samples} samples pulled, of ${requests} requests`,
        code: 97,
        seconds: end - at,
        account: race.accountText()
      }
    }
  }
}

const spins: Fault = {
  name: 'a worker of a node spins for 30 s',
  settings: { environment: environmentOf('spin') },
  async make(fleet) {
    const race = fleet.race(45)
    await race.loaded()
    const at = process.uptime()
    await fleet.hosts.exec('b', ['touch', '/tmp/now'])
    await race.says(/node b: worker \d has been stuck for 5 s/)
    await race.says(/node b: worker \d turns again after \d+ s/)
    const end = await race.endsWith(0)
    assert.equal(fleet.account().unknown, 0)
    await fleet.onlyDaemons()
    return { what: `${race.line(/has been stuck/)} ⏎ ${race.line(/turns again/)}`, code: 0, seconds: end - at, account: race.accountText() }
  }
}

export const WORKER_FAULTS: readonly Fault[] = [
  dies('throws', 'throw', /node b: worker \d died: a planted error/),
  dies('exits', 'exit', /node b: worker \d died: .*exit.* 3/),
  dies('runs out of heap', 'memory', /node b: worker \d ran out of memory/),
  spins
]
