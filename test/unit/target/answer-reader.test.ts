import assert from 'node:assert/strict'
import { test } from 'node:test'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { AnswerReader, type KeptHead } from '../../../src/target/answer-reader.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Reads an answer with a head that nobody else holds. */
function readOne(reader: AnswerReader): { readonly headers: Record<string, string>; readonly head: WeakRef<KeptHead> } {
  const kept: KeptHead = { headers: () => ({ 'x-one': '1' }) }
  reader.reset()
  reader.start(200, { encoding: () => '', keep: () => kept }, 'all')
  return { headers: reader.finish().headers, head: new WeakRef(kept) }
}

test('a reader keeps nothing of a head once its answer is complete', async () => {
  const reader = new AnswerReader()
  const { headers, head } = readOne(reader)
  assert.deepEqual(headers, { 'x-one': '1' })
  // What a WeakRef has shown stays until the turn is over.
  await new Promise((resolve) => setImmediate(resolve))
  collect()
  assert.equal(head.deref(), undefined)
})
