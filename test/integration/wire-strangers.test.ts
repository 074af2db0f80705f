// Those who come to the port and mean no good, or something else.

import assert from 'node:assert/strict'
import { once } from 'node:events'
import { linkSync, statSync } from 'node:fs'
import { createServer } from 'node:net'
import { test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { listen, type ListenOptions } from '../../src/protocol/listener.ts'
import { FACTS } from '../helpers/node-facts.ts'
import { until } from '../helpers/race-process.ts'
import { visit, type Door } from '../helpers/raw-visitor.ts'
import { helloLine, startListener, type TestListener } from '../helpers/test-listener.ts'

const MIB = 1024 * 1024

const withoutKey = (door: Door): Door => ({ ...door, key: null })

/** It still does what it is there for. */
async function isHealthy({ dial }: TestListener): Promise<void> {
  const connection = await dial()
  connection.close()
}

test('who has no key, a wrong one, or that of another node, is turned away before a word, and told of in one line', async (t) => {
  const listener = await startListener(t, 'tls')
  const door = listener.door as Extract<Door, { port: number }>
  const tries: readonly (readonly [Door, string, RegExp])[] = [
    [withoutKey(door), 'GET / HTTP/1.1\r\nHost: x\r\n\r\n', /: HTTP$/],
    [withoutKey(door), '{"t":"hello"}\n', /: no TLS$/],
    [withoutKey(door), 'x'.repeat(100_000), /: no TLS$/],
    [{ ...door, key: Buffer.alloc(32, 8) }, await helloLine(), /: wrong key, or the name of another node$/],
    [{ ...door, identity: 'b' }, await helloLine(), /: wrong key, or the name of another node$/],
    [{ ...door, identity: 'x'.repeat(128) }, await helloLine(), /: wrong key, or the name of another node$/]
  ]
  for (const [at, words, problem] of tries) {
    const visitor = visit(at, words)
    await visitor.closed()
    assert.ok(!visitor.text.includes('{'), visitor.text)
    assert.match(listener.problems.at(-1) ?? '', problem)
  }
  assert.equal(listener.problems.length, tries.length)
  await isHealthy(listener)
})

for (const over of ['tls', 'socket'] as const) {
  test(`a guest that says no hello is told so over ${over}`, async (t) => {
    const listener = await startListener(t, over)
    const hello = await helloLine()
    const tries: readonly (readonly [string | Buffer, RegExp])[] = [
      ['\n', /"error".*no JSON/],
      ['null\n', /"error".*no hello/],
      ['{"t":"ping","ping":1,"events":0,"snapshots":0}\n', /"error".*the first line is no hello/],
      [Buffer.from([0xff, 0xfe, 10]), /"error".*no UTF-8/],
      [`{"t":"hello","more":"${'x'.repeat(5000)}`, /"error".*a hello is over 4 KiB/],
      [hello + hello, /"error".*more than a hello/],
      [`${hello}x`, /"error".*more than a hello/],
      [await helloLine({ race: '../../etc' }), /"refused".*"shape".*hello\/race must match/],
      [await helloLine({ role: 'root' }), /"refused".*"shape".*hello\/role must be/],
      [await helloLine({ role: 'results' }), /"refused".*"role".*nothing is served for results/],
      [await helloLine({ protocol: 99, program: undefined }), /"refused".*"protocol".*it runs Rally .*protocol 1\), not .*protocol 99\).*rally bootstrap/],
      [await helloLine({ program: 'ab'.repeat(32) }), /"refused".*"program".*it runs Rally .*, not .*\(program abababab/],
      [await helloLine({ ['__proto__']: 1 }).then((line) => line.replace('"t":', '"__proto__":{},"t":')), /"error".*__proto__/]
    ]
    for (const [words, answer] of tries) {
      const visitor = visit(listener.door, words)
      await visitor.closed()
      assert.match(visitor.text, answer)
      assert.equal(visitor.text.split('\n').length, 2, visitor.text)
    }
    assert.equal(listener.controls.length, 0)
    assert.equal(listener.problems.length, tries.length)
    await isHealthy(listener)
  })

  test(`a line over the limit, an unknown message and a wrong one end a channel over ${over}, with a word on both sides`, async (t) => {
    const listener = await startListener(t, over)
    const tries: readonly (readonly [string, RegExp])[] = [
      ['x'.repeat(MIB + 1), /a line is over 1\.0MB/],
      ['{"t":"format-disk"}\n', /unknown type of message: \\?"format-disk/],
      ['{"t":"hello"}\n', /unknown type of message: \\?"hello/],
      ['{"t":"ping","ping":-1,"events":0,"snapshots":0}\n', /wrong shape of a message: ping\/ping must be >= 0/],
      ['{"t":"finish","seq":1}\n{"t":"finish","seq":5}\n', /wrong order: finish has number 5/]
    ]
    for (const [at, [words, reason]] of tries.entries()) {
      const visitor = visit(listener.door, await helloLine())
      await until(() => visitor.text.includes('welcome'), 'not welcome')
      visitor.socket.write(words)
      await visitor.closed()
      assert.match(visitor.text.split('\n')[1] ?? '', reason)
      assert.match(listener.controls[at]!.closeReason ?? '', reason)
    }
    await isHealthy(listener)
  })
}

test('of very many who say nothing 64 are waited for, five seconds long, and a guest passes them', async (t) => {
  const listener = await startListener(t, 'tls')
  const idle = Array.from({ length: 300 }, () => visit(withoutKey(listener.door)))
  await until(() => idle.filter((one) => one.isClosed).length === 300 - 64, 'not 64 are left')
  await isHealthy(listener)
  for (const one of idle) await one.closed()
  assert.match(listener.problems[0] ?? '', /let go without a hello: 64 others wait/)
  assert.ok(listener.problems.length <= 20, `${listener.problems.length} lines`)
  await isHealthy(listener)
})

test('a hello that comes letter by letter has five seconds, with the key as without', async (t) => {
  const listener = await startListener(t, 'tls')
  // One who has said his hello may be let in later than that: a node that must first be freed is.
  const slow = await startListener(t, 'tls', { greet: () => wait(5300, { node: 'a', facts: FACTS }) })
  const guest = slow.dial()
  const drips = [visit(listener.door), visit(withoutKey(listener.door))]
  const dripping = setInterval(() => drips.forEach(({ socket }) => socket.writable && socket.write('{')), 50)
  t.after(() => clearInterval(dripping))
  for (const drip of drips) await drip.closed()
  assert.deepEqual(
    listener.problems.filter((line) => !/: no hello within 5 s$|: no TLS$/.test(line)),
    []
  )
  const { welcome, close } = await guest.then((connection) => ({ welcome: connection.welcome, close: () => connection.close() }))
  close()
  assert.deepEqual([welcome.node, slow.problems], ['a', []])
  await isHealthy(listener)
})

test('a line without an end costs a megabyte, however long it is sent', async (t) => {
  const listener = await startListener(t, 'socket')
  const visitor = visit(listener.door, await helloLine())
  await until(() => visitor.text.includes('welcome'), 'not welcome')
  const block = Buffer.alloc(MIB, 'x')
  const before = process.memoryUsage().rss
  let sent = 0
  const push = (): void => {
    while (!visitor.isClosed && visitor.socket.writable && sent < 1024 && visitor.socket.write(block)) sent++
  }
  visitor.socket.on('drain', push)
  push()
  await visitor.closed()
  assert.match(listener.controls[0]!.closeReason ?? '', /a line is over/)
  assert.ok(sent < 64, `${sent} MiB were taken`)
  assert.ok(process.memoryUsage().rss - before < 128 * MIB)
  await isHealthy(listener)
})

test('a peer that does not read is let go before what waits for it fills the memory', async (t) => {
  for (const over of ['socket', 'tls'] as const) {
    const listener = await startListener(t, over)
    const visitor = visit(listener.door, await helloLine())
    await until(() => listener.controls.length === 1, 'no channel')
    visitor.socket.pause()
    const [node] = listener.controls
    const event = { t: 'preparing', node: 'a', what: 'x'.repeat(100_000) } as const
    let sent = 0
    while (node!.closeReason === null && sent < 1000) {
      node!.send(event)
      sent++
      if (sent % 20 === 0) await new Promise((resolve) => setImmediate(resolve))
    }
    assert.match(node!.closeReason ?? '', /it does not read: 1[67]\.\dMB wait for it/)
    assert.equal(await node!.drained(), false)
    await isHealthy(listener)
    visitor.socket.destroy()
  }
})

test('a socket on the disk is for its user alone, also where one was left behind', async (t) => {
  const first = await startListener(t, 'socket')
  const { path } = first.door as { path: string }
  assert.equal(statSync(path).mode & 0o777, 0o600)
  const again: ListenOptions = { at: { socketPath: path }, greet: () => Promise.reject(new Error('never asked')), accept: {}, problem: () => undefined }
  await assert.rejects(listen(again), { code: 'EADDRINUSE' })
  await isHealthy(first)
  await first.listener.close()
  // A second name for the socket stays behind when its server goes, as after a kill.
  const left = createServer().listen(`${path}2`)
  await once(left, 'listening')
  linkSync(`${path}2`, path)
  left.close()
  await once(left, 'close')
  const second = await listen(again)
  assert.equal(statSync(path).mode & 0o777, 0o600)
  await second.close()
  await assert.rejects(listen({ ...again, at: { socketPath: `/tmp/${'x'.repeat(120)}` } }), { kind: 'config', message: /107 bytes at most/ })
})
