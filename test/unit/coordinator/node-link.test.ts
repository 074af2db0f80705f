import assert from 'node:assert/strict'
import { test } from 'node:test'
import { impossibleIn } from '../../../src/coordinator/impossible-figures.ts'
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

test('a node whose figures cannot be is done with: more requests that ended than were sent, or a session that is not its own', async () => {
  const tally = { started: 5, ok: 4, failed: { timeout: 1 }, cancelled: 0, work: {}, bytes: 0, retries: 0 }
  const snapshot = (ok: number, epoch = 'e'): Extract<NodeEvent, { t: 'snapshot' }> => ({
    t: 'snapshot', node: 'a', epoch, seq: 1, step: 0, progress: {}, health: [], nodeHealth: [],
    tasks: { term: { normal: { tally: { ...tally, ok }, seconds: [] } } }
  })
  assert.equal(await fateOf(snapshot(4)), null)
  assert.equal(await fateOf(snapshot(900)), 'told of 901 requests of task term that ended, where it sent 5')
  assert.equal(impossibleIn(snapshot(4, 'f'), 'e'), 'spoke for session f, and is session e')
})
