import assert from 'node:assert/strict'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { dial } from '../../src/protocol/dial.ts'
import { listen } from '../../src/protocol/listener.ts'
import type { NodeEvent } from '../../src/protocol/messages.ts'

const FACTS = { cores: 2, memoryBytes: 1, freeDiskBytes: null, os: 'linux', runtime: 'v20', loopDelayMs: null }
const folder = await mkdtemp(join(tmpdir(), 'rally-wire-'))
after(() => rm(folder, { recursive: true }))

const KEY = Buffer.alloc(32, 7)

for (const kind of ['a Unix socket', 'TLS']) {
  test(`a control channel over ${kind} carries commands down and events up, in order`, async () => {
    const socketPath = join(folder, 's')
    const problems: string[] = []
    const listener = await listen({
      at: kind === 'TLS' ? { host: '127.0.0.1', port: 0, keyFor: (identity) => (identity === 'a' ? KEY : null) } : { socketPath },
      greet: () => ({ node: 'a', facts: FACTS }),
      accept: {
        control: (_hello, connection) => {
          connection.onMessage((command) => {
            if (command.t === 'ping') connection.send({ t: 'pong', node: 'a', ping: command.ping, commands: 0, events: 0 })
          })
        }
      },
      problem: (line) => problems.push(line)
    })
    const address = listener.port === null ? { socketPath } : { host: '127.0.0.1', port: listener.port }
    const connection = await dial({ address, identity: 'a', key: KEY, hello: { role: 'control', race: 'r' }, deadlineMs: 5000 })
    assert.equal(connection.welcome.node, 'a')
    const seqs: number[] = []
    const all = new Promise<void>((resolve) => {
      connection.onMessage((event: NodeEvent) => {
        if (event.t === 'pong') seqs.push(event.ping)
        if (seqs.length === 100) resolve()
      })
    })
    for (let seq = 0; seq < 100; seq++) connection.send({ t: 'ping', ping: seq, events: 0, snapshots: 0 })
    assert.equal(await connection.drained(), true)
    await all
    assert.deepEqual(seqs, [...Array(100).keys()])
    const closed = new Promise<string>((resolve) => connection.onClose(resolve))
    await listener.close()
    await closed
    assert.deepEqual(problems, [])
  })
}
