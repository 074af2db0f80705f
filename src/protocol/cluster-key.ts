// The key of a cluster and what a node gets of it. A key file is one line of text, and so is what is carried to a node:
// `rally-cluster-key <key> <check>` on the coordinator, `rally-node-key <node> <key> <check>` on a node.

import { hkdfSync, randomBytes } from 'node:crypto'
import { sha256Of } from '../core/checksum.ts'
import { RallyError } from '../core/errors.ts'
import { isNodeId } from './node-address.ts'
import { readPrivateFile, writePrivateFile } from './private-file.ts'

/** `cluster`: keys of all nodes come from it; `node`: of this one only. */
export type StoredKey = { readonly kind: 'cluster'; readonly key: Buffer } | { readonly kind: 'node'; readonly node: string; readonly key: Buffer }

const KEY_BYTES = 32

/** The key that is kept in `path`; null: none is. Throws RallyError('config') if others may read it, or if it is no key. */
export async function readKey(path: string): Promise<StoredKey | null> {
  const text = await readPrivateFile(path)
  if (text === null) return null
  try {
    return parseKey(text)
  } catch (error) {
    throw new RallyError('config', `${path} holds no key`, { cause: error, hint: 'make a new one with `rally cluster key create --force`, or import it again' })
  }
}

/** Makes the cluster's key; throws RallyError('config') if there is one already and it may not be replaced. */
export async function createClusterKey(path: string, may: { readonly replace: boolean }): Promise<void> {
  const words = ['rally-cluster-key', randomBytes(KEY_BYTES).toString('base64url')]
  await writePrivateFile(path, `${withCheck(words)}\n`, may)
}

/** HKDF of the cluster's key and the node's id: a node that is broken into gives away no other. */
export function deriveNodeKey(clusterKey: Buffer, node: string): Buffer {
  return Buffer.from(hkdfSync('sha256', clusterKey, '', `rally node ${node}`, KEY_BYTES))
}

/** The key that this machine shares with node `node`; throws RallyError('config') if it has only that of another. */
export function nodeKeyOf(stored: StoredKey, node: string): Buffer {
  if (stored.kind === 'cluster') return deriveNodeKey(stored.key, node)
  if (stored.node === node) return stored.key
  const hint = `use the name ${stored.node}, or import the key of ${node}: rally cluster key export --node ${node}, on the coordinator`
  throw new RallyError('config', `the key of this machine is that of node ${stored.node}, not of ${node}`, { hint })
}

/** The line to carry to the node. Throws RallyError('usage') for a name that cannot be a node's. */
export function exportNodeKey(clusterKey: Buffer, node: string): string {
  if (!isNodeId(node)) throw new RallyError('usage', `"${node}" cannot be a node's name: 1 to 128 letters, digits and signs, no spaces`)
  return withCheck(['rally-node-key', node, deriveNodeKey(clusterKey, node).toString('base64url')])
}

/** Keeps what `exportNodeKey` gave, also again; throws RallyError('config') if there is another key that may not be replaced. @returns the node's name. */
export async function importNodeKey(path: string, text: string, may: { readonly replace: boolean }): Promise<string> {
  const stored = parseKey(text)
  if (stored.kind === 'cluster') {
    throw new RallyError('config', 'this is the key of the whole cluster, which stays on the coordinator', { hint: 'import what `rally cluster key export --node NAME` prints' })
  }
  const line = `${text.trim().split(/\s+/).join(' ')}\n`
  const there = await readKey(path).catch(() => null)
  if (there?.kind === 'cluster' && !may.replace) {
    throw new RallyError('config', `${path} is the key of the whole cluster: this machine is the coordinator, and needs no other`, {
      hint: 'run `rally cluster key import` on the node; with --force the keys of all nodes would be worth nothing'
    })
  }
  if (may.replace || (await readPrivateFile(path)) !== line) await writePrivateFile(path, line, may)
  return stored.node
}

function parseKey(text: string): StoredKey {
  const words = text.trim().split(/\s+/)
  const [kind, ...rest] = words.slice(0, -1)
  if (kind !== 'rally-cluster-key' && kind !== 'rally-node-key') throw wrong('it does not begin with rally-node-key')
  if (rest.length !== (kind === 'rally-node-key' ? 2 : 1)) throw wrong(`${words.length} words instead of ${kind === 'rally-node-key' ? 4 : 3}`)
  if (withCheck(words.slice(0, -1)) !== words.join(' ')) throw wrong('its last word does not fit the others: a part is missing or changed')
  const key = Buffer.from(rest.at(-1)!, 'base64url')
  if (key.length !== KEY_BYTES) throw wrong(`a key of ${key.length} bytes`)
  return kind === 'rally-cluster-key' ? { kind: 'cluster', key } : { kind: 'node', node: rest[0]!, key }
}

function wrong(what: string): RallyError {
  return new RallyError('config', `not a line of \`rally cluster key export\`: ${what}`, { hint: 'copy the whole line again' })
}

function withCheck(words: readonly string[]): string {
  const check = sha256Of(words.join(' ')).slice(0, 8)
  return [...words, check].join(' ')
}
