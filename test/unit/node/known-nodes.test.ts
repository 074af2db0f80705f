import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { addressText } from '../../../src/protocol/transport.ts'
import { findNode, knownNodes } from '../../../src/node/known-nodes.ts'

const folder = mkdtempSync(join(tmpdir(), 'rally-known-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const places = {
  inventoryFile: join(folder, 'inventory.json'),
  membersFile: join(folder, 'members.json'),
  pidFile: join(folder, 'daemon.pid'),
  socket: join(folder, 'daemon.sock')
}

test('what stands in the inventory goes before what members told, and old members are forgotten', async () => {
  const nowMs = Date.now()
  writeFileSync(
    places.inventoryFile,
    JSON.stringify({
      nodes: [
        { name: 'a', host: '10.0.0.2' },
        { name: 'n10', host: '10.0.0.10', port: 1901 }
      ]
    })
  )
  const members = [
    { node: 'a', host: '192.168.0.2', port: 1900, seenMs: nowMs - 1000 },
    { node: 'n9', host: '10.0.0.9', port: 1900, seenMs: nowMs - 1000 },
    { node: 'old', host: '10.0.0.7', port: 1900, seenMs: nowMs - 48 * 3_600_000 }
  ]
  writeFileSync(places.membersFile, JSON.stringify(members))
  const { nodes, coordinatorDaemon } = await knownNodes(places)
  assert.equal(coordinatorDaemon, 'down')
  assert.deepEqual(
    nodes.map(({ node, address }) => `${node} ${addressText(address)}`),
    ['a 10.0.0.2:1900', 'n9 10.0.0.9:1900', 'n10 10.0.0.10:1901']
  )
  assert.equal(nodes[0]?.seenMs, nowMs - 1000)
})

test('an inventory that is none is named', async () => {
  writeFileSync(places.inventoryFile, '{')
  await assert.rejects(knownNodes(places), /inventory\.json is no inventory/)
})

test('a node is found by its name or its address; what nobody knows is left to DNS, under the name as it was typed', () => {
  const nodes = [{ node: 'a', address: { host: '10.0.0.2', port: 1901 }, seenMs: null, weight: 1 }]
  assert.deepEqual(findNode('a', null, nodes), nodes[0])
  assert.deepEqual(findNode('10.0.0.2', null, nodes), nodes[0])
  assert.deepEqual(findNode('a', 1905, nodes).address, { host: '10.0.0.2', port: 1905 })
  const unknown = (host: string) => ({ node: host, address: { host, port: 1900 }, seenMs: null, weight: 1 })
  assert.deepEqual(findNode('10.0.0.2', 1900, nodes), unknown('10.0.0.2'))
  assert.deepEqual(findNode('b.example', null, nodes), unknown('b.example'))
})
