// The coordinator dies, is interrupted, or meets another one.

import assert from 'node:assert/strict'
import type { Fault } from './fault.ts'

const killed: Fault = {
  name: 'kill -9 of the coordinator',
  async make(fleet) {
    const race = fleet.race(3600)
    await race.loaded()
    const at = process.uptime()
    await fleet.hosts.kill('c', 'main\\.js race', 'KILL')
    const { code } = await race.ended
    const last = await fleet.quiet(3)
    // Of the lease; the last word was in the second before the end.
    assert.ok(last - at < 8, `${last - at} s`)
    const taken = await fleet.rally(
      'c',
      'race',
      '--race-id=r2',
      '--track-path=/root/track',
      `--target-hosts=${fleet.target.where}`,
      '--load-driver-hosts=a,b'
    )
    assert.equal(taken.code, 64)
    assert.match(taken.stderr, /node [ab] has been taken by race r of .*rally race --force/)
    const samples = await fleet.pull()
    const asked = fleet.countFrom('a') + fleet.countFrom('b')
    assert.ok(samples >= asked - 4 && samples <= asked + 4, `${samples} samples of ${asked} requests`)
    const account = race.accountText()
    return {
      what: `last request ${(last - at).toFixed(1)} s after; \`results pull\` made the report of ${samples} samples for ${asked} requests`,
      code: code ?? -1,
      seconds: last - at,
      account
    }
  }
}

const interrupted: Fault = {
  name: 'Ctrl-C of the coordinator',
  async make(fleet) {
    const race = fleet.race(3600)
    await race.loaded()
    const at = process.uptime()
    race.child.kill('SIGINT')
    const end = await race.endsWith(130)
    const last = await fleet.quiet(2)
    assert.ok(last - at < 5, `last request after ${last - at} s`)
    assert.ok(fleet.account().ok > 0 && fleet.account().unknown === 0)
    assert.match(race.stdout, /find/)
    await fleet.onlyDaemons()
    return {
      what: `${race.line(/Stopping/)} ⏎ last request after ${(last - at).toFixed(1)} s, partial report`,
      code: 130,
      seconds: end - at,
      account: race.accountText()
    }
  }
}

const twice: Fault = {
  name: 'Ctrl-C twice',
  async make(fleet) {
    const race = fleet.race(3600)
    await race.loaded()
    const at = process.uptime()
    race.child.kill('SIGINT')
    await race.says(/Stopping/)
    race.child.kill('SIGINT')
    const end = await race.endsWith(130)
    assert.ok(end - at < 5, `${end - at} s`)
    const last = await fleet.quiet(2)
    assert.ok(last - at < 7, `last request after ${last - at} s`)
    const next = await fleet.rally(
      'c',
      'race',
      '--race-id=r2',
      '--track-path=/root/track',
      `--target-hosts=${fleet.target.where}`,
      '--load-driver-hosts=a,b',
      '--test-mode',
      '--force'
    )
    assert.equal(next.code, 0, next.stderr)
    await fleet.onlyDaemons()
    const samples = await fleet.pull()
    return {
      what: `last request after ${(last - at).toFixed(1)} s; the next race takes the nodes with --force; ${samples} samples pulled`,
      code: 130,
      seconds: end - at,
      account: race.accountText()
    }
  }
}

const second: Fault = {
  name: 'a second coordinator',
  async make(fleet) {
    const first = fleet.race(10)
    await first.loaded()
    const at = process.uptime()
    const other = fleet.race(1, '--race-id=r2')
    const end = await other.endsWith(64)
    await first.endsWith(0)
    assert.equal(fleet.account().ok, 400)
    await fleet.onlyDaemons()
    return {
      what: `${other.line(/\[ERROR\]/)} ⏎ ${other.line(/has been taken by race r of/)}`,
      code: 64,
      seconds: end - at,
      account: `first race: ${first.accountText()}`
    }
  }
}

const forced: Fault = {
  name: 'a second coordinator with --force',
  async make(fleet) {
    const first = fleet.race(3600)
    await first.loaded()
    const at = process.uptime()
    const other = fleet.race(3, '--race-id=r2', '--force')
    const end = await first.endsWith(97)
    assert.match(first.line(/\[ERROR\]/), /taken node [ab] by force/)
    await other.endsWith(0)
    assert.equal(fleet.account('r2').ok, 120)
    await fleet.onlyDaemons()
    return { what: first.line(/\[ERROR\]/), code: 97, seconds: end - at, account: `${first.accountText()}; second: ${other.accountText()}` }
  }
}

export const COORDINATOR_FAULTS: readonly Fault[] = [killed, interrupted, twice, second, forced]
