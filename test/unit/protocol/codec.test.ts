import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { LINE_LIMITS } from '../../../src/protocol/channels.ts'
import { openCodec, type Codec } from '../../../src/protocol/codec.ts'
import type { Role } from '../../../src/protocol/hello.ts'
import { WireFault } from '../../../src/protocol/wire-fault.ts'
import { SAMPLES } from '../../helpers/sample-messages.ts'

type Side = 'asks' | 'answers'
type Message = Readonly<Record<string, unknown>> & { readonly t: string }

const CHANNELS = (Object.keys(SAMPLES) as Role[]).flatMap((role) => (['asks', 'answers'] as const).map((side) => [role, side] as const))

const samplesOf = (role: Role, side: Side): Message[] => Object.values(SAMPLES[role][side] as Readonly<Record<string, Message>>)
const lineOf = (value: unknown): Buffer => Buffer.from(JSON.stringify(value))
const fault = (codec: Codec, line: Buffer | string): string => {
  try {
    codec.decode(Buffer.from(line))
  } catch (error) {
    assert.ok(error instanceof WireFault, String(error))
    return error.message
  }
  return ''
}

/** Everything that `lines` says. */
function decodeAll(codec: Codec, lines: string): unknown[] {
  const said = lines.split('\n').filter((line) => line !== '')
  return said.map((line) => codec.decode(Buffer.from(line))).filter((message) => message !== null)
}

for (const [role, side] of CHANNELS) {
  test(`each message that is ${side === 'asks' ? 'sent' : 'answered'} for ${role} arrives as it was`, async () => {
    for (const message of samplesOf(role, side)) {
      const codec = await openCodec(role, side)
      assert.deepEqual(decodeAll(codec, codec.encode(message).toString()), [message])
    }
  })
}

/** Each place in a JSON value, as a function that changes it there. */
function* changes(value: unknown, put: (changed: unknown) => unknown): Generator {
  if (typeof value !== 'object' || value === null) {
    yield put([])
    return
  }
  if (Array.isArray(value)) {
    yield put({})
    for (const [at, inner] of value.entries()) yield* changes(inner, (changed) => put(value.map((one: unknown, i) => (i === at ? changed : one))))
    return
  }
  yield put([value])
  for (const [key, inner] of Object.entries(value)) {
    yield* changes(inner, (changed) => put({ ...value, [key]: changed }))
  }
}

test('a message with a value of another kind anywhere is a wrong shape, named by its type', async () => {
  let tried = 0
  for (const [role, side] of CHANNELS) {
    for (const message of samplesOf(role, side)) {
      for (const changed of changes(message, (value) => value)) {
        if (typeof changed !== 'object' || Array.isArray(changed) || (changed as Message).t !== message.t) continue
        const words = fault(await openCodec(role, side), lineOf(changed))
        assert.match(words, /^wrong shape of a message: /, JSON.stringify(changed))
        assert.ok(words.includes(message.t) && words.length < 400, words)
        tried++
      }
    }
  }
  assert.ok(tried > 250, `${tried}`)
})

test('a message that lacks a field, or has one too many, is a wrong shape', async () => {
  for (const [role, side] of CHANNELS) {
    for (const message of samplesOf(role, side)) {
      const codec = await openCodec(role, side)
      for (const key of Object.keys(message).filter((one) => one !== 't')) {
        const rest = Object.fromEntries(Object.entries(message).filter(([one]) => one !== key))
        assert.match(fault(codec, lineOf(rest)), new RegExp(`must have required property '${key}'`))
      }
      assert.match(fault(codec, lineOf({ ...message, colour: 'red' })), /additional properties \("colour"\)/)
    }
  }
})

test('a message of another channel, or of the other direction, is unknown', async () => {
  const codec = await openCodec('results', 'asks')
  for (const t of ['ping', 'data', 'hello', 'welcome', 'toString', '__proto__', ''])
    assert.match(fault(codec, lineOf({ t, seq: 1 })), /^unknown type of message/)
})

test('nothing that comes can be anything but a message or a fault', async () => {
  const codecs = await Promise.all(CHANNELS.map(([role, side]) => openCodec(role, side)))
  const line = fc.oneof(
    fc.uint8Array({ maxLength: 200 }).map((bytes) => Buffer.from(bytes)),
    fc.string().map((text) => Buffer.from(text)),
    fc.json().map((text) => Buffer.from(text)),
    fc.jsonValue().map((value) => lineOf({ t: 'snapshot', part: value, of: value, text: value })),
    fc.jsonValue().map((value) => lineOf({ t: value, part: 1, of: 2, text: 'x' }))
  )
  fc.assert(
    fc.property(fc.constantFrom(...codecs), line, (codec, bytes) => {
      assert.notEqual(fault(codec, bytes), '')
    }),
    { numRuns: 1000 }
  )
})

test('what is no UTF-8, no JSON, no object, or nested without end is a fault', async () => {
  const codec = await openCodec('control', 'asks')
  assert.match(fault(codec, Buffer.from([0x7b, 0xff, 0x7d])), /no UTF-8/)
  assert.match(fault(codec, ''), /no JSON/)
  assert.match(fault(codec, '{"t":"ping"'), /no JSON/)
  assert.match(fault(codec, '[]'), /no JSON object/)
  assert.match(fault(codec, '{}'), /has no type/)
  assert.match(fault(codec, '['.repeat(500_000) + ']'.repeat(500_000)), /no JSON object/)
  assert.match(fault(codec, `{"t":"finish","seq":${'['.repeat(500_000)}${']'.repeat(500_000)}}`), /finish\/seq must be integer/)
  assert.match(fault(codec, `{"t":"finish","seq":"\\u0041","x":${'['.repeat(200_000)}${']'.repeat(200_000)}}`), /nested deeper/)
})

test('a key that names the prototype is refused, however it is written, and is harmless as a value', async () => {
  const codec = await openCodec('control', 'answers')
  const snapshot = JSON.stringify(SAMPLES.control.answers.snapshot)
  for (const key of ['__proto__', '\\u005f_proto__', '__\\u0070roto__', '_\\u005Fproto_\\u005f']) {
    assert.match(fault(codec, snapshot.replace('"tasks":{"index"', `"tasks":{"${key}"`)), /key "__proto__"/)
    assert.match(fault(codec, snapshot.replace('"progress":{', `"progress":{"${key}":{"polluted":1},`)), /key "__proto__"/)
  }
  assert.equal(fault(codec, JSON.stringify({ t: 'preparing', node: 'a', what: '__proto__ "__proto__": \u0001' })), '')
  assert.equal(({} as { polluted?: unknown }).polluted, undefined)
})

test('histograms whose buckets lie outside, or do not add up, are a wrong shape', async () => {
  const codec = await openCodec('control', 'answers')
  const { snapshot } = SAMPLES.control.answers
  const second = snapshot.tasks['index']!.normal!.seconds[0]!
  for (const latency of [
    { ...second.latency, buckets: [-1, 3] },
    { ...second.latency, buckets: [1e9, 3] },
    { ...second.latency, buckets: [7, 1, 9000] },
    { ...second.latency, buckets: [7, 1.5, 3, 1.5] },
    { ...second.latency, n: 4 },
    { ...second.latency, more: 1 }
  ]) {
    const changed = { ...snapshot, tasks: { index: { normal: { ...snapshot.tasks['index']!.normal!, seconds: [{ ...second, latency }] } } } }
    assert.match(fault(codec, lineOf(changed)), /latency must pass "histogram"/)
  }
})

test('paths and ids from the wire never lead out of a folder', async () => {
  const control = await openCodec('control', 'asks')
  const { prepare } = SAMPLES.control.asks
  const named = (path: string): string => fault(control, lineOf({ ...prepare, supply: { track: [{ ...prepare.supply.track[0]!, path }], data: null } }))
  for (const path of ['', '/etc/passwd', '..', '../x', 'a/../../x', 'a/..', './a', 'a//b', 'a/', 'a\\..\\b', 'a\0b', 'a\nb', 'x'.repeat(256), `${'a/'.repeat(40)}a`])
    assert.match(named(path), /path must match/, path)
  for (const path of ['a', 'a/b.json', '.hidden', '..a/b', 'a..b', 'Ä ö/…']) assert.equal(named(path), '', path)
  const files = await openCodec('files', 'answers')
  assert.match(fault(files, lineOf({ t: 'want', sha256: '../../etc/passwd', offset: 0 })), /want\/sha256 must match/)
  assert.match(fault(control, lineOf({ ...prepare, race: '../../x' })), /prepare\/race must match/)
})

test('a long message travels in lines below the limit, and is the same behind them', async () => {
  const letters = fc.array(fc.constantFrom('a', '"', '\\', 'ä', '€', '😀', '\u2028', '\u0001', '\ud83d'), { minLength: 100, maxLength: 200 }).map((all) => all.join(''))
  const codec = await openCodec('control', 'asks')
  fc.assert(
    fc.property(letters, fc.integer({ min: 11_000, max: 20_000 }), (piece, times) => {
      const message = { ...SAMPLES.control.asks.prepare, track: piece.repeat(times) }
      const lines = codec.encode(message).toString().split('\n').slice(0, -1)
      for (const line of lines) assert.ok(Buffer.byteLength(line) <= LINE_LIMITS.control, `${Buffer.byteLength(line)}`)
      assert.ok(lines.length > 1)
      const said = decodeAll(codec, lines.join('\n'))
      assert.deepEqual(said, [message])
    }),
    { numRuns: 5 }
  )
})

test('parts come in a row, of one message, and not without end', async () => {
  const parts = (t: string, ...numbers: readonly (readonly [number, number])[]): string[] => numbers.map(([part, of]) => JSON.stringify({ t, part, of, text: '{"t":' }))
  const words = async (lines: readonly string[]): Promise<string> => {
    const codec = await openCodec('control', 'asks')
    return lines.map((line) => fault(codec, line)).find((one) => one !== '') ?? ''
  }
  assert.match(await words(parts('prepare', [2, 3])), /part 2 of 3 of prepare came where part 1/)
  assert.match(await words(parts('prepare', [1, 3], [3, 3])), /part 3 of 3 of prepare came where part 2/)
  assert.match(await words(parts('prepare', [1, 3], [2, 4])), /came where part 2 of 3/)
  assert.match(await words([...parts('prepare', [1, 3]), ...parts('snapshot', [2, 3])]), /of snapshot came where/)
  assert.match(await words([...parts('prepare', [1, 3]), JSON.stringify(SAMPLES.control.asks.ping)]), /between the parts/)
  assert.match(await words(parts('prepare', [1, 1_000_000])), /1000000 parts/)
  assert.match(await words(parts('ping', [1, 2])), /wrong shape of a part/)
  assert.match(await words(parts('prepare', [1, 2], [2, 2])), /no JSON/)
  const codec = await openCodec('control', 'asks')
  const piece = 'x'.repeat(1_000_000)
  let said = ''
  for (let part = 1; part <= 192 && said === ''; part++) said = fault(codec, JSON.stringify({ t: 'prepare', part, of: 192, text: piece }))
  assert.match(said, /more than 67108864 letters/)
})

test('a message of another type that is too long is not sent', async () => {
  const codec = await openCodec('results', 'answers')
  const data = (bytes: number): Message => ({ ...SAMPLES.results.answers.data, base64: Buffer.alloc(bytes).toString('base64') })
  assert.throws(() => codec.encode(data(LINE_LIMITS.results)), WireFault)
  assert.ok(codec.encode(data(65_536)).length < LINE_LIMITS.results)
})

test('numbered messages come in a row: repeated ones may, left out ones may not', async () => {
  const codec = await openCodec('control', 'asks')
  const say = (seq: number): string => fault(codec, lineOf({ t: 'complete-task', seq, step: 0 }))
  assert.deepEqual([say(5), say(6), say(6), say(5), say(7)], ['', '', '', '', ''])
  assert.equal(fault(codec, lineOf(SAMPLES.control.asks.ping)), '')
  assert.match(say(9), /wrong order: complete-task has number 9 where 8 was due/)
  const events = await openCodec('control', 'answers')
  for (const seq of [4, 9, 2]) assert.equal(fault(events, lineOf({ ...SAMPLES.control.answers.snapshot, seq })), '')
})

test('the last word is heard on every channel', async () => {
  for (const [role, side] of CHANNELS) {
    const codec = await openCodec(role, side)
    assert.deepEqual(codec.decode(lineOf({ t: 'error', message: 'why' })), { t: 'error', message: 'why' })
    assert.match(fault(codec, lineOf({ t: 'error', message: 1 })), /wrong shape/)
  }
})

test('what a peer tells of itself is bounded where one pays for it: seconds of a step, addresses, words for a line', async () => {
  const { 'step-joined': joined } = SAMPLES.control.answers
  const [task, result] = Object.entries(joined.tasks)[0]!
  const late = (changed: object): unknown => ({ ...joined, tasks: { [task]: { ...result, ...changed } } })
  const { member } = SAMPLES.member.asks
  const { status } = SAMPLES.status.answers
  const tries: readonly (readonly [Role, Side, unknown, RegExp])[] = [
    ['control', 'answers', late({ lastEndAtMs: 1e15 }), /lastEndAtMs must be <= /],
    ['control', 'answers', late({ firstEndAtMs: -1 }), /firstEndAtMs must be >= 0/],
    ['control', 'answers', JSON.parse(JSON.stringify(joined).replace('"k":1', '"k":200000000')), /seconds\/0\/k must be <= /],
    ['member', 'asks', { ...member, port: 99_999_999 }, /port must be <= 65535/],
    ['member', 'asks', { ...member, host: 'a\n[ERROR] b' }, /host must match/],
    ['member', 'asks', { ...member, host: 'x'.repeat(900_000) }, /host must match/],
    ['status', 'answers', { ...status, version: 'x'.repeat(900_000) }, /version must match/]
  ]
  for (const [role, side, message, reason] of tries) assert.match(fault(await openCodec(role, side), lineOf(message)), reason)
})
