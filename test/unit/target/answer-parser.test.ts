import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { AnswerParser, HAS_BODY, HAS_END, HAS_HEAD, IS_BAD, WANTS_MORE } from '../../../src/target/answer-parser.ts'
import { mutated, mutations, splitAt, validAnswers } from './any-answer.ts'

interface Read {
  status: number
  headers: Record<string, string>
  encoding: string
  body: string
  staysOpen: boolean | null
  keepAliveMs: number
  problem: string | null
}

/** What the parser makes of these pieces, up to the end of the first answer. */
function read(pieces: readonly string[], isHead = false): Read {
  const parser = new AnswerParser()
  const result: Read = { status: 0, headers: {}, encoding: '', body: '', staysOpen: null, keepAliveMs: 0, problem: null }
  parser.begin(isHead)
  for (const piece of pieces) {
    const bytes = Buffer.from(`..${piece}...`, 'latin1')
    parser.feed(bytes, 2, bytes.length - 3)
    if (!readOn(parser, result)) return result
    // The memory is filled anew by the next read of whatever socket.
    bytes.fill('#')
  }
  return result
}

/** False: the answer is over. */
function readOn(parser: AnswerParser, result: Read): boolean {
  for (;;) {
    switch (parser.next()) {
      case WANTS_MORE:
        return true
      case HAS_HEAD:
        Object.assign(result, { status: parser.status, encoding: parser.encoding(), headers: parser.keep().headers() })
        break
      case HAS_BODY:
        result.body += parser.bytes.toString('latin1', parser.from, parser.to)
        break
      case HAS_END:
        Object.assign(result, { staysOpen: parser.staysOpen, keepAliveMs: parser.keepAliveMs })
        return false
      case IS_BAD:
        result.problem = parser.problem
        return false
    }
  }
}

test('a good answer is read the same in one piece and byte by byte, out of memory that is filled anew', () => {
  fc.assert(
    fc.property(validAnswers, ({ bytes, status, body }) => {
      const whole = read([bytes])
      assert.deepEqual([whole.status, whole.body, whole.problem], [status, body, null])
      assert.deepEqual(read(bytes.split('')), whole)
    }),
    { numRuns: 500 }
  )
})

test('a damaged answer is read the same however it is cut', () => {
  fc.assert(
    fc.property(validAnswers, mutations, fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 5 }), ({ bytes }, changes, cuts) => {
      const broken = mutated(bytes, changes)
      const whole = read([broken])
      assert.deepEqual(read(broken.split('')), whole)
      assert.deepEqual(read(splitAt(broken, cuts)), whole)
    }),
    { numRuns: 2000 }
  )
})

test('any bytes end in an answer, a problem, or the wish for more', () => {
  fc.assert(
    fc.property(fc.array(fc.uint8Array({ maxLength: 200 }), { maxLength: 5 }), (pieces) => {
      const texts = pieces.map((piece) => Buffer.from(piece).toString('latin1'))
      assert.deepEqual(read(['HTTP/1.1 200 OK\r\n', ...texts]), read([`HTTP/1.1 200 OK\r\n${texts.join('')}`]))
    }),
    { numRuns: 500 }
  )
})

test('what the head says of body and connection is kept while the body comes', () => {
  const head = 'HTTP/1.1 200 OK\r\nContent-Encoding: GZIP \r\nkeep-alive: timeout=7\r\ncontent-length: 30\r\n\r\n'
  const { headers, encoding, keepAliveMs, staysOpen } = read([head, 'timeout=1'.repeat(2), 'timeout=1234'])
  assert.deepEqual([encoding, keepAliveMs, staysOpen], ['gzip', 7000, true])
  assert.equal(headers['content-encoding'], 'GZIP ')
})

test('to a HEAD request no body belongs, whatever the head says', () => {
  for (const framing of ['content-length: 9', 'transfer-encoding: chunked']) {
    const { status, body, staysOpen } = read([`HTTP/1.1 200 OK\r\n${framing}\r\n\r\n`], true)
    assert.deepEqual([status, body, staysOpen], [200, '', true])
  }
})

const LONG = 15_000
const OK = 'HTTP/1.1 200 OK\r\n'
const CHUNK = `${OK}transfer-encoding: chunked\r\n\r\n`
/** What comes byte by byte, behind what comes at once; and how often, for whoever begins anew with each byte to take seconds. */
const DRIPS: readonly (readonly [place: string, before: string, drip: string, times: number])[] = [
  ['the reason', 'HTTP/1.1 200 ', 'x'.repeat(65_000), 1],
  ['the blanks before a value', `${OK}x:`, ' '.repeat(65_000), 1],
  ['the blanks before a length', `${OK}content-length:`, ' '.repeat(65_000), 1],
  ['a name', OK, 'x'.repeat(LONG), 16],
  ['a value', `${OK}x: `, 'y'.repeat(LONG), 16],
  ['a length', `${OK}content-length: `, '0'.repeat(LONG), 16],
  ['the blanks behind a length', `${OK}content-length: 3`, ' '.repeat(LONG), 16],
  ['a trailer', `${CHUNK}0\r\n`, `x: ${'y'.repeat(LONG)}`, 16],
  ['the size of a chunk', CHUNK, '0'.repeat(LONG), 16],
  ['a chunk extension', CHUNK, `3;a=${'y'.repeat(LONG)}`, 16],
  ['many chunk extensions', CHUNK, `3${';a="b"'.repeat(LONG / 6)}`, 16]
]

for (const [place, before, drip, times] of DRIPS) {
  test(`${place}, byte by byte, costs no more than its bytes`, () => {
    const parser = new AnswerParser()
    const bytes = Buffer.from(drip, 'latin1')
    const begun = process.cpuUsage()
    for (let i = 0; i < times; i++) {
      parser.reset()
      parser.begin(false)
      const head = Buffer.from(before, 'latin1')
      parser.feed(head, 0, head.length)
      let event = parser.next()
      if (event === HAS_HEAD) event = parser.next()
      for (let at = 0; at < bytes.length && event === WANTS_MORE; at++) {
        parser.feed(bytes, at, at + 1)
        event = parser.next()
      }
      assert.equal(event, WANTS_MORE)
    }
    const { user, system } = process.cpuUsage(begun)
    // The bytes take a twentieth of it.
    assert.ok(user + system < 500_000, `${(user + system) / 1000} ms of CPU`)
  })
}

test('what an answer that was cut off has left of a line is not taken for the beginning of the next connection’s', () => {
  const pieces = ['HTTP/1.1 200 O', 'K\r\ncontent-length: 1', '2\r\n\r\n', `${OK}transfer-enc`, 'oding: chunk', 'ed\r\n\r\n1', '2;a="', 'b\r\n']
  const parser = new AnswerParser()
  for (const bytes of pieces.flatMap((_, i) => [pieces.slice(0, i + 1), pieces.slice(3, i + 1)])) {
    parser.reset()
    parser.begin(false)
    for (const piece of bytes) {
      parser.feed(Buffer.from(piece), 0, piece.length)
      for (let event = parser.next(); event !== WANTS_MORE && event !== IS_BAD; event = parser.next());
    }
    const whole = Buffer.from('HTTP/1.1 404\r\ntransfer-encoding: chunked\r\n\r\n3\r\nabc\r\n0\r\n\r\n')
    parser.reset()
    parser.feed(whole, 0, whole.length)
    assert.deepEqual([parser.next(), parser.status, parser.next(), parser.next()], [HAS_HEAD, 404, HAS_BODY, HAS_END])
  }
})
