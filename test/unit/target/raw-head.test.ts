import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RawHead } from '../../../src/target/answer-reader.ts'

const RAW = ['Content-Type', 'text/plain', 'X-Twice', 'a', 'x-twice', 'b', 'Content-Encoding', ' GZIP '].map((text) => Buffer.from(text))

test('a head is known by lower-case names, the last of several holds, and its encoding is a plain word', () => {
  const head = new RawHead().of(RAW)
  assert.deepEqual(head.headers(), { 'content-type': 'text/plain', 'x-twice': 'b', 'content-encoding': ' GZIP ' })
  assert.equal(head.encoding(), 'gzip')
})

test('nothing is left of a head that was forgotten', () => {
  const head = new RawHead().of(RAW)
  head.forget()
  assert.deepEqual(head.headers(), {})
  assert.equal(head.encoding(), '')
  assert.equal(head.of(RAW).encoding(), 'gzip')
})
