// Valid answers of every kind, and ways to damage them.

import fc from 'fast-check'

export interface ValidAnswer {
  /** latin1. */
  readonly bytes: string
  readonly status: number
  readonly body: string
}

const blank = fc.constantFrom('', ' ', '  ', '\t', ' \t')
const token = fc.string({ unit: fc.constantFrom(...'abcdefXYZ019-_.!'.split('')), minLength: 1, maxLength: 8 })
const value = fc.string({ unit: fc.constantFrom(...'ab ,;="\t:/\u00e4\u00ff'.split('')), maxLength: 20 }).map((text) => text.trim())
const field = fc.tuple(token, blank, value, blank).map(([name, before, text, behind]) => `x-${name}:${before}${text}${behind}\r\n`)
const fields = fc.array(field, { maxLength: 4 }).map((lines) => lines.join(''))
const body = fc.oneof(
  fc.string({ unit: fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)), maxLength: 60 }),
  // What looks like the end of something.
  fc.constantFrom('0\r\n\r\n', '\r\n', 'HTTP/1.1 200 OK\r\n\r\n', '{"took":1}')
)
const interim = fc.constantFrom('', '', 'HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n', 'HTTP/1.1 102 Processing\r\n\r\n')
const reason = fc.constantFrom(' OK', '', ' ', ' Not quite')
const extension = fc.constantFrom('', '', ';a', ';a=b', ';a="b c"')

interface Parts {
  readonly before: string
  readonly status: number
  readonly reason: string
  readonly fields: readonly [string, string]
  readonly body: string
}

const parts: fc.Arbitrary<Parts> = fc.record({
  before: interim,
  status: fc.constantFrom(200, 201, 404, 429, 500),
  reason,
  fields: fc.tuple(fields, fields),
  body
})

function head({ before, status, reason: words, fields: [first, second] }: Parts, framing: string): string {
  return `${before}HTTP/1.1 ${status}${words}\r\n${first}${framing}${second}\r\n`
}

const withLength = fc
  .tuple(parts, fc.constantFrom('content-length', 'Content-Length', 'CONTENT-LENGTH'), blank)
  .map(([all, name, space]): ValidAnswer => ({ ...all, bytes: `${head(all, `${name}:${space}${all.body.length}\r\n`)}${all.body}` }))

const withChunks = fc
  .tuple(parts, fc.array(fc.tuple(fc.integer({ min: 1, max: 20 }), extension), { minLength: 1, maxLength: 5 }), fields)
  .map(([all, sizes, trailers]): ValidAnswer => {
    let chunks = ''
    let at = 0
    for (let i = 0; at < all.body.length; i++) {
      const [size, extra] = sizes[i % sizes.length]!
      const chunk = all.body.slice(at, at + size)
      at += size
      chunks += `${chunk.length.toString(16)}${extra}\r\n${chunk}\r\n`
    }
    return { ...all, bytes: `${head(all, 'Transfer-Encoding: chunked\r\n')}${chunks}0\r\n${trailers}\r\n` }
  })

const toTheEnd = parts.map((all): ValidAnswer => ({ ...all, bytes: `${head(all, 'connection: close\r\n')}${all.body}` }))

const bodiless = fc
  .tuple(parts, fc.constantFrom(204, 304))
  .map(([all, status]): ValidAnswer => ({ status, body: '', bytes: head({ ...all, status }, '') }))

/** The connection ends behind each. */
export const validAnswers: fc.Arbitrary<ValidAnswer> = fc.oneof(withLength, withChunks, toTheEnd, bodiless)

export interface Mutation {
  readonly kind: 'replace' | 'insert' | 'remove' | 'repeat' | 'cut'
  /** Share of the answer before it. */
  readonly at: number
  readonly size: number
  readonly text: string
}

const SPICES = ['\r', '\n', '\r\n', '\r\n\r\n', ':', ' ', '\t', '\0', '\u007f', '\u00ff', '0', '9', '-', 'f', ',', ';', '"', 'chunked', 'content-length: 3\r\n', 'transfer-encoding: chunked\r\n', 'connection: close\r\n']

export const mutations: fc.Arbitrary<Mutation[]> = fc.array(
  fc.record({
    kind: fc.constantFrom('replace', 'insert', 'remove', 'repeat', 'cut'),
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    size: fc.integer({ min: 1, max: 12 }),
    text: fc.oneof(fc.constantFrom(...SPICES), fc.integer({ min: 0, max: 255 }).map((byte) => String.fromCharCode(byte)))
  }),
  { minLength: 1, maxLength: 3 }
)

export function mutated(bytes: string, changes: readonly Mutation[]): string {
  let text = bytes
  for (const { kind, at, size, text: spice } of changes) {
    const from = Math.floor(at * text.length)
    const [before, piece, behind] = [text.slice(0, from), text.slice(from, from + size), text.slice(from + size)]
    if (kind === 'replace') text = before + spice + text.slice(from + spice.length)
    else if (kind === 'insert') text = before + spice + piece + behind
    else if (kind === 'remove') text = before + behind
    else if (kind === 'repeat') text = before + piece + piece + behind
    else text = before
  }
  return text
}

/** @param cuts shares of the text */
export function splitAt(text: string, cuts: readonly number[]): string[] {
  const places = [0, ...cuts.map((cut) => Math.floor(cut * text.length)).sort((a, b) => a - b), text.length]
  return places.slice(1).map((to, i) => text.slice(places[i], to))
}
