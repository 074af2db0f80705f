import assert from 'node:assert/strict'
import { test } from 'node:test'
import { brotliCompressSync, deflateSync, gzipSync } from 'node:zlib'
import { KeptAnswer } from '../../../src/target/answer.ts'

const items = Array.from({ length: 3000 }, (_, i) => ({ index: { _id: String(i * 7919), status: 201, _seq_no: i } }))
const BODY = Buffer.from(JSON.stringify({ took: 30, errors: false, items }))

test('the head of an answer is its beginning, inflated no further than needed', () => {
  const encodings = { gzip: gzipSync(BODY), deflate: deflateSync(BODY), br: brotliCompressSync(BODY) }
  for (const [encoding, body] of Object.entries(encodings)) {
    const { head } = new KeptAnswer(200, body.length, { headers: {}, body, encoding, isWhole: true })
    assert.ok(head.length >= 100 && head.length < BODY.length / 4, `${encoding}: ${head.length} bytes`)
    assert.ok(BODY.subarray(0, head.length).equals(head), encoding)
  }
  assert.deepEqual(new KeptAnswer(200, BODY.length, { headers: {}, body: BODY, encoding: '', isWhole: true }).head, BODY)
})

test('looking at the head leaves the whole as it is, and a small answer is its own head', () => {
  const body = gzipSync(BODY)
  const answer = new KeptAnswer(200, body.length, { headers: {}, body, encoding: 'gzip', isWhole: true })
  assert.ok(answer.head.length > 0)
  assert.ok(answer.body.equals(BODY))
  const small = gzipSync('{"took":1,"errors":false}')
  assert.equal(
    new KeptAnswer(200, small.length, { headers: {}, body: small, encoding: 'gzip', isWhole: true }).head.toString(),
    '{"took":1,"errors":false}'
  )
})

test('a small answer that inflates to a large one is whole', () => {
  const large = Buffer.alloc(200_000, '{"_id":"1"},')
  const encodings = { gzip: gzipSync(large), deflate: deflateSync(large), br: brotliCompressSync(large) }
  for (const [encoding, all] of Object.entries(encodings)) {
    const body = all.subarray(0, 400)
    const isWhole = body.length === all.length
    const inflated = new KeptAnswer(200, body.length, { headers: {}, body, encoding, isWhole }).body
    assert.ok(inflated.length > 20_000 && large.subarray(0, inflated.length).equals(inflated), encoding)
    assert.equal(inflated.length === large.length, isWhole)
  }
})
