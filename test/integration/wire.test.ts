// Two sides that mean well, and what each learns of the other.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { Connection } from '../../src/protocol/connection.ts'
import type { NodeEvent } from '../../src/protocol/messages.ts'
import { until } from '../helpers/race-process.ts'
import { SAMPLES } from '../helpers/sample-messages.ts'
import { startListener } from '../helpers/test-listener.ts'

const reasonOf = (connection: Pick<Connection<unknown, unknown>, 'onClose'>): Promise<string> => new Promise((resolve) => connection.onClose(resolve))

for (const over of ['socket', 'tls'] as const) {
  test(`a control channel over ${over} carries commands down and events up, in order`, async (t) => {
    const { dial, controls, problems } = await startListener(t, over)
    const connection = await dial()
    assert.equal(connection.welcome.node, 'a')
    await until(() => controls.length === 1, 'no channel')
    controls[0]!.onMessage((command) => {
      if (command.t === 'ping') controls[0]!.send({ t: 'pong', node: 'a', ping: command.ping, commands: 0, events: 0 })
    })
    const pings: number[] = []
    connection.onMessage((event: NodeEvent) => {
      if (event.t === 'pong') pings.push(event.ping)
    })
    for (let ping = 0; ping < 1000; ping++) connection.send({ t: 'ping', ping, events: 0, snapshots: 0 })
    assert.equal(await connection.drained(), true)
    await until(() => pings.length === 1000, 'answers are missing')
    assert.deepEqual(pings, [...Array(1000).keys()])
    assert.deepEqual(problems, [])
  })

  test(`what is sent before anybody listens, and right before the end, arrives over ${over}`, async (t) => {
    const { dial, controls } = await startListener(t, over)
    const connection = await dial()
    await until(() => controls.length === 1, 'no channel')
    const large = { ...SAMPLES.control.answers['step-joined'], epoch: 'e'.repeat(9_000_000) }
    controls[0]!.send(SAMPLES.control.answers.prepared)
    controls[0]!.send({ ...large, seq: 2 })
    controls[0]!.close('enough')
    const reason = await reasonOf(connection)
    assert.equal(reason, 'the other side closed the connection: enough')
    const heard: NodeEvent[] = []
    connection.onMessage((event) => heard.push(event))
    assert.deepEqual(heard, [SAMPLES.control.answers.prepared, { ...large, seq: 2 }])
  })
}

test('each side learns why the other has closed, and itself why it did', async (t) => {
  const { dial, controls } = await startListener(t, 'tls')
  const ends: string[][] = []
  for (const reason of ['taken by force', undefined]) {
    const connection = await dial()
    await until(() => controls.length === ends.length + 1, 'no channel')
    const node = controls.at(-1)!
    node.close(reason)
    ends.push([await reasonOf(connection), await reasonOf(node), connection.closeReason ?? '', String(await connection.drained())])
  }
  const heard = 'the other side closed the connection'
  assert.deepEqual(ends, [
    [`${heard}: taken by force`, 'taken by force', `${heard}: taken by force`, 'false'],
    [heard, 'closed here', heard, 'false']
  ])
})

test('a message that its listener cannot take ends the connection, not the process', async (t) => {
  const { dial, controls } = await startListener(t, 'tls')
  const connection = await dial()
  await until(() => controls.length === 1, 'no channel')
  controls[0]!.onMessage(() => {
    throw new TypeError('x is not a function')
  })
  connection.send({ t: 'ping', ping: 1, events: 0, snapshots: 0 })
  assert.match(await reasonOf(connection), /ping could not be taken: x is not a function \(at /)
})

test('a listener that closes hangs up on its guests, and listens no more', async (t) => {
  const { dial, listener } = await startListener(t, 'tls')
  const connection = await dial()
  await listener.close()
  await reasonOf(connection)
  await assert.rejects(dial(), { kind: 'node', message: /no daemon listens there \(connection refused\)/ })
})
