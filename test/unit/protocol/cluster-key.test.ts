import assert from 'node:assert/strict'
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { createClusterKey, deriveNodeKey, exportNodeKey, importNodeKey, nodeKeyOf, readKey } from '../../../src/protocol/cluster-key.ts'

const folder = await mkdtemp(join(tmpdir(), 'rally-key-'))
after(() => rm(folder, { recursive: true }))

test('a cluster key is made once, for its owner only, and nothing else is left beside it', async () => {
  const path = join(folder, 'made', 'cluster', 'key')
  await createClusterKey(path, { replace: false })
  assert.equal((await stat(path)).mode & 0o777, 0o600)
  assert.deepEqual(await readdir(join(folder, 'made', 'cluster')), ['key'])
  const before = await readKey(path)
  assert.equal(before?.key.length, 32)
  await assert.rejects(createClusterKey(path, { replace: false }), { kind: 'config', message: `${path} exists already`, hint: /--force/ })
  assert.deepEqual(await readKey(path), before)
  await createClusterKey(path, { replace: true })
  assert.notDeepEqual(await readKey(path), before)
})

test('of two that make the key at the same time one fails and both see the same key', async () => {
  const path = join(folder, 'race', 'key')
  const ends = await Promise.allSettled([1, 2, 3, 4].map(() => createClusterKey(path, { replace: false })))
  assert.equal(ends.filter(({ status }) => status === 'fulfilled').length, 1)
  assert.equal((await readKey(path))?.kind, 'cluster')
})

test('a node gets a key of its own that both sides come to, and none of another', async () => {
  const [here, there] = [join(folder, 'coordinator'), join(folder, 'node')]
  await createClusterKey(here, { replace: false })
  const cluster = await readKey(here)
  assert.ok(cluster !== null)
  const line = exportNodeKey(cluster.key, 'a')
  assert.equal(line.split('\n').length, 1)
  assert.equal(await importNodeKey(there, `${line}\n`, { replace: false }), 'a')
  const stored = await readKey(there)
  assert.ok(stored !== null)
  assert.deepEqual(nodeKeyOf(stored, 'a'), nodeKeyOf(cluster, 'a'))
  assert.notDeepEqual(nodeKeyOf(cluster, 'b'), nodeKeyOf(cluster, 'a'))
  assert.throws(() => nodeKeyOf(stored, 'b'), { message: /that of node a, not of b/, hint: /export --node b/ })
  assert.ok(!(await readFile(there, 'utf8')).includes(cluster.key.toString('base64url')))
})

test('the derived key is HKDF-SHA-256 of cluster key and node, so that it may be checked elsewhere', () => {
  const key = deriveNodeKey(Buffer.alloc(32, 1), 'a')
  assert.equal(key.toString('hex'), '7cc8b223e4d0b8fcafaf4450aecb9ec5d1beec65d0797b4573246f43d409f242')
})

test('a wrong paste is named, whatever is changed or missing', async () => {
  const line = exportNodeKey(Buffer.alloc(32, 3), 'node-1')
  const path = join(folder, 'pasted')
  const damage = fc.oneof(
    fc.tuple(fc.nat(line.length - 1), fc.constantFrom('a', 'Z', '0', '9', '_', ' ', '.')).map(([at, letter]) => line.slice(0, at) + letter + line.slice(at + 1)),
    fc.nat(line.length - 1).map((at) => line.slice(0, at)),
    fc.nat(line.length - 2).map((at) => line.slice(at + 1)),
    fc.string()
  )
  await fc.assert(
    fc.asyncProperty(damage, async (text) => {
      fc.pre(text.trim().split(/\s+/).join(' ') !== line)
      await assert.rejects(importNodeKey(path, text, { replace: true }), { kind: 'config', message: /not a line of `rally cluster key export`: / })
    })
  )
  assert.equal(await readKey(path), null)
})

test('the key of the whole cluster is not taken for a node', async () => {
  const path = join(folder, 'whole')
  await createClusterKey(path, { replace: false })
  await assert.rejects(importNodeKey(join(folder, 'other'), await readFile(path, 'utf8'), { replace: false }), { message: /stays on the coordinator/ })
})

test('a key that others may read, or that is none, is refused with what to do', async () => {
  const path = join(folder, 'open')
  await createClusterKey(path, { replace: false })
  await chmod(path, 0o640)
  await assert.rejects(readKey(path), { kind: 'config', message: `${path} is open to others (mode 640)`, hint: `chmod 600 ${path}` })
  await chmod(path, 0o600)
  await writeFile(path, 'nonsense')
  await assert.rejects(readKey(path), { kind: 'config', message: `${path} holds no key` })
})

test('a name with spaces, or none, cannot be a node', () => {
  for (const name of ['', 'a b', 'a\n', 'ä', 'x'.repeat(129)]) assert.throws(() => exportNodeKey(Buffer.alloc(32), name), { kind: 'usage' })
})
