// Those who come to a daemon's port and mean no good, while its node plays a race: the race does not notice.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { nodeKeyOf, readKey } from '../../src/protocol/cluster-key.ts'
import { until } from '../helpers/race-process.ts'
import { visit, type Door } from '../helpers/raw-visitor.ts'
import { helloLine } from '../helpers/test-listener.ts'
import type { Fault } from './fault.ts'
import { PORT, type Fleet } from './fleet.ts'

const GIB = 1024 ** 3

interface Attack {
  readonly name: string
  /** Gives what it met, in words. */
  readonly come: (fleet: Fleet) => Promise<string>
}

function whileRacing({ name, come }: Attack): Fault {
  return {
    name: `${name} at port ${PORT}`,
    async make(fleet) {
      const race = fleet.race(10)
      await race.loaded()
      const at = process.uptime()
      const before = await memoryOf(fleet)
      const met = await come(fleet)
      const seconds = process.uptime() - at
      const grownMb = (await memoryOf(fleet)) - before
      assert.ok(grownMb < 60, `the daemon has grown by ${grownMb} MB`)
      await race.endsWith(0)
      const { started, ok } = fleet.account()
      assert.deepEqual([started, ok], [400, 400])
      assert.doesNotMatch(race.stderr, /node b has been silent/)
      await fleet.onlyDaemons()
      return { what: `${met}; the daemon grew by ${grownMb.toFixed(0)} MB`, code: 0, seconds, account: race.accountText() }
    }
  }
}

/** Of b's daemon, most it ever had, MB. */
async function memoryOf(fleet: Fleet): Promise<number> {
  const daemon = (await fleet.hosts.processes('b')).find((line) => line.includes('daemon start'))
  const status = readFileSync(`/proc/${daemon?.split(' ')[0]}/status`, 'utf8')
  return Number(/VmHWM:\s+(\d+)/.exec(status)?.[1]) / 1024
}

const logOf = (fleet: Fleet): string => readFileSync(join(fleet.home('b'), '.rally/logs/daemon.log'), 'utf8')

function doorOf(fleet: Fleet, key: Buffer | null): Door {
  return { host: fleet.hosts.address('b'), port: PORT, key, identity: 'b' }
}

async function keyOf(fleet: Fleet): Promise<Buffer> {
  const stored = await readKey(join(fleet.home('c'), '.rally/cluster/key'))
  assert.ok(stored !== null)
  return nodeKeyOf(stored, 'b')
}

/** Writes until nobody takes it any more; gives what was taken, bytes. */
async function pour(visitor: ReturnType<typeof visit>, bytes: number): Promise<number> {
  const piece = Buffer.alloc(1 << 20, 'x')
  for (let sent = 0; sent < bytes && !visitor.isClosed; sent += piece.length) {
    if (visitor.socket.writable && !visitor.socket.write(piece)) {
      await Promise.race([new Promise((resolve) => visitor.socket.once('drain', resolve)), visitor.closed()])
    } else if (!visitor.socket.writable) await visitor.closed()
  }
  return visitor.socket.bytesWritten
}

const garbage: Attack = {
  name: 'garbage',
  async come(fleet) {
    const words = [
      'GET / HTTP/1.1\r\nHost: x\r\n\r\n',
      '{"t":"hello"}\n',
      Buffer.alloc(100_000, 0xff),
      Buffer.from([22, 3, 1, 255, 255, 0])
    ]
    const visitors = Array.from({ length: 40 }, (_, at) => visit(doorOf(fleet, null), words[at % words.length]!))
    for (const visitor of visitors) await visitor.closed()
    assert.ok(visitors.every(({ text }) => !text.includes('{')))
    return `40 strangers, all hung up on before a word: ${/: (?:HTTP|no TLS)/.exec(logOf(fleet))?.[0]?.slice(2)}`
  }
}

const endless: Attack = {
  name: 'a line of 1 GB',
  async come(fleet) {
    const stranger = visit(doorOf(fleet, null))
    const withoutKey = await pour(stranger, GIB)
    const guest = visit(doorOf(fleet, await keyOf(fleet)), await helloLine({ role: 'status', race: undefined }))
    await until(() => guest.text.includes('welcome'), 'not welcome')
    const withKey = await pour(guest, GIB)
    await guest.closed()
    assert.match(guest.text, /a line is over 1\.0MB/)
    assert.ok(withoutKey < GIB / 8 && withKey < GIB / 8, `${withoutKey} and ${withKey} bytes were taken`)
    return `hung up on after ${mb(withoutKey)} without a key, ${mb(withKey)} with it (a line is over 1.0MB)`
  }
}

const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`

const slow: Attack = {
  name: 'slow-loris',
  async come(fleet) {
    const key = await keyOf(fleet)
    const at = process.uptime()
    const visitors = Array.from({ length: 20 }, (_, index) => visit(doorOf(fleet, index % 2 === 0 ? key : null)))
    const dripping = setInterval(() => visitors.forEach(({ socket }) => socket.writable && socket.write('{')), 100)
    for (const visitor of visitors) await visitor.closed()
    clearInterval(dripping)
    return `20 who speak a letter at a time, all hung up on within ${(process.uptime() - at).toFixed(1)} s`
  }
}

const idle: Attack = {
  name: '500 idle connections',
  async come(fleet) {
    const visitors = Array.from({ length: 500 }, () => visit(doorOf(fleet, null)))
    await until(() => visitors.filter(({ isClosed }) => isClosed).length >= 500 - 64, 'more than 64 are kept')
    const status = await fleet.rally('c', 'status', '--json')
    assert.match(status.stdout, /"node": ?"b"[^}]*"state": ?"running"/)
    await wait(0)
    for (const visitor of visitors) await visitor.closed()
    return '64 are waited for, 5 s long, and `rally status` passes them'
  }
}

export const STRANGER_FAULTS: readonly Fault[] = [garbage, endless, slow, idle].map(whileRacing)
