import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { openCodec } from '../../../src/protocol/codec.ts'
import { encodeData, splitData } from '../../../src/protocol/data-line.ts'

test('a line of bytes is the JSON of its message, whatever the names in it, and is read as JSON would read it', async () => {
  const codec = await openCodec('results', 'answers')
  const text = fc.string({ unit: 'grapheme', minLength: 1, maxLength: 40 }).map((any) => any.replaceAll(/[/\\\p{C}]/gu, '_'))
  // The only two that a path refuses: other names may begin with a dot.
  const name = text.filter((any) => any !== '.' && any !== '..').map((any) => `chunks/${any}`)
  fc.assert(
    fc.property(name, fc.nat(), fc.uint8Array({ maxLength: 300 }), (id, offset, bytes) => {
      const message = { t: 'data', id, offset, base64: Buffer.from(bytes).toString('base64') } as const
      const line = encodeData(message)
      assert.equal(line.toString(), `${JSON.stringify(message)}\n`)
      assert.notEqual(splitData(line.subarray(0, -1)), null)
      assert.deepEqual(codec.decode(line.subarray(0, -1)), message)
    })
  )
})

test('what is nearly such a line is read as JSON, or refused', async () => {
  const codec = await openCodec('results', 'answers')
  const read = (line: string): unknown => {
    try {
      return codec.decode(Buffer.from(line))
    } catch (error) {
      return String(error)
    }
  }
  const said = { t: 'data', id: 'chunks/1', offset: 0, base64: 'AAAA' }
  assert.deepEqual(read('{"base64":"AAAA","t":"data","offset":0,"id":"chunks/1"}'), said)
  assert.deepEqual(read('{"t":"data", "id":"chunks/1", "offset":0, "base64":"AAAA"}'), said)
  assert.deepEqual(read('{"t":"data","base64":"AAAA","id":"chunks/1","offset":0}'), said)
  for (const [line, words] of [
    ['{"t":"data","id":"chunks/1","offset":0,"base64":"AA\\u0041A"}', /no escapes/],
    ['{"t":"data","id":"chunks/1","offset":0,"base64":"AAAA","x":""}', /additional/],
    ['{"t":"data","id":"chunks/1","offset":0,"x":{"base64":"AAAA"}', /no JSON/],
    ['{"t":"data","x":{"y":1,"base64":"AAAA"}', /no JSON/],
    ['{"t":"data","id":"../x","offset":0,"base64":"AAAA"}', /data\/id must match/],
    ['{"t":"data","offset":0,"base64":"AAAA"}', /wrong shape/],
    ['{"t":"data","base64":"AAAA"}', /wrong shape/],
    ['{"t":"data","__proto__":{"z":1},"id":"chunks/1","offset":0,"base64":"AAAA"}', /__proto__/],
    ['{"t":"data","id":"chunks/1","offset":0,"base64":"AAAA', /no JSON/]
  ] as const) {
    assert.match(String(read(line)), words, line)
  }
})
