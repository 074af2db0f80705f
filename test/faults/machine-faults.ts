// A node that is not as it should be: its disk is full, its key another's, its program of another version.

import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { exportNodeKey, importNodeKey } from '../../src/protocol/cluster-key.ts'
import { MAIN } from '../helpers/race-process.ts'
import type { Fault } from './fault.ts'

const fullDisk: Fault = {
  name: 'node’s disk full',
  async make(fleet) {
    const dir = '/root/.rally/node/r'
    const made = await fleet.hosts.exec('b', ['sh', '-c', `mkdir -p ${dir} && mount -t tmpfs -o size=64k tmpfs ${dir}`])
    assert.equal(made.code, 0, made.stderr)
    const race = fleet.race(3600)
    await race.loaded()
    const at = process.uptime()
    await fleet.hosts.exec('b', ['dd', 'if=/dev/zero', `of=${dir}/ballast`, 'bs=1k', 'status=none'])
    const end = await race.endsWith(64)
    assert.match(race.line(/\[ERROR\]/), /^The race failed: node b: .*the disk is full/)
    assert.ok((await fleet.quiet(2)) <= end, 'a request after the end')
    await fleet.onlyDaemons()
    await fleet.hosts.exec('b', ['rm', `${dir}/ballast`])
    const samples = await fleet.pull()
    return { what: `${race.line(/\[ERROR\]/)} ⏎ ${samples} samples pulled`, code: 64, seconds: end - at, account: race.accountText() }
  }
}

const wrongKey: Fault = {
  name: 'wrong key on a node',
  async make(fleet) {
    await fleet.rally('b', 'daemon', 'stop')
    await importNodeKey(join(fleet.home('b'), '.rally/cluster/key'), exportNodeKey(Buffer.alloc(32, 9), 'b'), { replace: true })
    await fleet.startDaemon('b')
    const at = process.uptime()
    const race = fleet.race(3)
    const end = await race.endsWith(64)
    await fleet.onlyDaemons()
    return { what: race.line(/\[ERROR\]/), code: 64, seconds: end - at, account: `no request: ${fleet.target.requests.length}` }
  }
}

const otherVersion: Fault = {
  name: 'other version on a node',
  async make(fleet) {
    await fleet.rally('b', 'daemon', 'stop')
    // The same program with one line more.
    const folder = join(fleet.home('b'), 'other')
    const copied = spawnSync(
      'sh',
      ['-c', 'mkdir "$0" && cp -r dist-test package.json "$0" && ln -s "$PWD/node_modules" "$0/node_modules"', folder],
      { encoding: 'utf8' }
    )
    assert.equal(copied.status, 0, copied.stderr)
    writeFileSync(join(folder, 'dist-test/src/core/extra.js'), '// another program\n')
    await fleet.startDaemon('b', {}, [process.execPath, join('/root/other', MAIN)])
    const at = process.uptime()
    const race = fleet.race(3)
    const end = await race.endsWith(64)
    assert.match(race.stderr, /rally daemon restart.*rally bootstrap/)
    await fleet.onlyDaemons()
    return {
      what: `${race.line(/\[ERROR\]/)} ⏎ ${race.line(/Hint/)}`,
      code: 64,
      seconds: end - at,
      account: `no request: ${fleet.target.requests.length}`
    }
  }
}

export const MACHINE_FAULTS: readonly Fault[] = [fullDisk, wrongKey, otherVersion]
