import assert from 'node:assert/strict'
import { test } from 'node:test'
import { NodeLink, type LinkEvent } from '../../../src/coordinator/node-link.ts'
import { peerPair } from '../../../src/protocol/peer.ts'
import type { NodeCommand, NodeEvent } from '../../../src/protocol/messages.ts'

/** What becomes of node `a` when it says this, over a connection that can be replaced. */
async function fateOf(event: NodeEvent, hear: (event: LinkEvent) => void = () => undefined): Promise<string | null> {
  const [peer, node] = peerPair<NodeCommand, NodeEvent>()
  const facts = { cores: 1, memoryBytes: 1, freeDiskBytes: null, os: 'test', runtime: '20', loopDelayMs: null }
  let fate: string | null = null
  const listener = {
    heard: () => undefined,
    hear: (_: string, told: LinkEvent) => hear(told),
    gone: (_: string, why: string) => void (fate = why)
  }
  const reconnect = (): Promise<never> => Promise.reject(new Error('not now'))
  const link = new NodeLink(
    { name: 'a', weight: 1, address: 'a:1900', version: '0', facts, peer, closed: null, openFiles: null, reconnect },
    listener
  )
  node.send(event)
  await new Promise((resolve) => setImmediate(resolve))
  link.close()
  return fate
}

test('a node that speaks for another one is done with: figures are kept by the name in them', async () => {
  assert.equal(await fateOf({ t: 'warning', seq: 1, node: 'a', message: 'm' }), null)
  assert.equal(await fateOf({ t: 'warning', seq: 1, node: 'b', message: 'm' }), 'spoke for node b')
})

test('a node whose word cannot be taken is lost, and not waited for', async () => {
  const fate = await fateOf({ t: 'warning', seq: 1, node: 'a', message: 'm' }, () => {
    throw new Error('Invalid array length')
  })
  assert.equal(fate, 'said what cannot be taken: warning: Invalid array length')
})
