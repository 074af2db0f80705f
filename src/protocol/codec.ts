// Messages ↔ lines, on one connection. Everything that comes is checked here, once, at the border: size, UTF-8, JSON, type, shape,
// order. Past it, types are true.

import { LINE_LIMITS, type DiallerMessage, type ListenerMessage } from './channels.ts'
import { Checker, loadAjv, typeOf } from './checker.ts'
import { encodeData, type DataMessage, isData, splitData } from './data-line.ts'
import { greetings } from './greeting-schemas.ts'
import type { Hello, Refusal, Role, Welcome } from './hello.ts'
import { parseLine, parseText } from './json-line.ts'
import { orderOf, type Order } from './order.ts'
import { isPart, PartJoiner, splitMessage } from './parts.ts'
import type { MessageSchemas } from './schema.ts'
import { WireFault } from './wire-fault.ts'

/** The last word of a side that hangs up and says why. */
export interface LastWord {
  readonly t: 'error'
  readonly message: string
}

/** What is said before a channel is open, and at its end. */
export type FirstWord = Hello | Welcome | Refusal | LastWord

type AnyMessage = DiallerMessage<Role> | ListenerMessage<Role>
export type Checkers = { readonly [S in Side]: Checker<AnyMessage> }
type Side = 'asks' | 'answers'
export type FirstWordChecker = Checker<FirstWord>

const known = new Map<Role, Promise<Checkers>>()
let greeting: Promise<FirstWordChecker> | null = null

/** Checks hello, welcome, refused and the last word. */
export function greetingChecker(): Promise<FirstWordChecker> {
  greeting ??= loadAjv().then((ajv) => new Checker<FirstWord>(ajv, greetings))
  return greeting
}

/** The codec of a connection; `reads` is what comes in on this side. */
export async function openCodec(role: Role, reads: Side): Promise<Codec> {
  const checkers = await checkersOf(role)
  return new Codec({ checker: checkers[reads], lastWords: await greetingChecker(), order: orderOf(role), limitBytes: LINE_LIMITS[role] })
}

/** Loaded once: what a schema was compiled to serves all connections, and files. */
export function checkersOf(role: Role): Promise<Checkers> {
  let checkers = known.get(role)
  if (checkers === undefined) known.set(role, (checkers = loadCheckers(role)))
  return checkers
}

async function loadCheckers(role: Role): Promise<Checkers> {
  const [ajv, { asks, answers }] = await Promise.all([loadAjv(), SCHEMAS[role]()])
  // Which messages a role has is a matter of types up to here; from here on it is data.
  return { asks: new Checker<AnyMessage>(ajv, asks), answers: new Checker<AnyMessage>(ajv, answers) }
}

interface ChannelSchemas<R extends Role> {
  readonly asks: MessageSchemas<DiallerMessage<R>>
  readonly answers: MessageSchemas<ListenerMessage<R>>
}

const SCHEMAS: { readonly [R in Role]: () => Promise<ChannelSchemas<R>> } = {
  control: () => import('./control-schemas.ts'),
  results: () => import('./results-schemas.ts'),
  files: () => import('./files-schemas.ts'),
  status: () => import('./status-schemas.ts'),
  member: () => import('./member-schemas.ts')
}

interface CodecParts {
  readonly checker: Checker<AnyMessage>
  readonly lastWords: FirstWordChecker
  readonly order: Order
  readonly limitBytes: number
}

export class Codec {
  readonly limitBytes: number
  readonly #parts: CodecParts
  readonly #joiner = new PartJoiner()

  constructor(parts: CodecParts) {
    this.#parts = parts
    this.limitBytes = parts.limitBytes
  }

  /** The line of a message, or its lines, with their newlines; throws WireFault if it is too long. */
  encode(message: { readonly t: string }): string | Buffer {
    if (isData(message)) return this.#bulk(message)
    const text = JSON.stringify(message)
    // A unit of UTF-16 is three bytes of UTF-8 at most: most messages need not be measured.
    if (text.length * 3 < this.limitBytes || Buffer.byteLength(text) < this.limitBytes) return `${text}\n`
    const lines = splitMessage(message.t, text, this.limitBytes)
    if (lines === null) throw new WireFault(`a message ${message.t} of ${text.length} letters is over the limit of a line`)
    return lines.join('')
  }

  /** What the line says; null: only a part of it. Throws WireFault. */
  decode(line: Buffer): AnyMessage | LastWord | null {
    const value = this.#parse(line)
    if (isPart(value)) {
      const text = this.#joiner.add(value, this.limitBytes)
      return text === null ? null : this.#check(parseText(text))
    }
    if (this.#joiner.isOpen) throw new WireFault('wrong order: a message between the parts of another')
    return this.#check(value)
  }

  #bulk(message: DataMessage): Buffer {
    const line = encodeData(message)
    if (line.length > this.limitBytes) throw new WireFault(`a message data of ${line.length} bytes is over the limit of a line`)
    return line
  }

  #parse(line: Buffer): unknown {
    const data = splitData(line)
    if (data === null) return parseLine(line)
    return { ...(parseLine(data.around) as object), base64: data.base64 }
  }

  #check(value: unknown): AnyMessage | LastWord {
    if (typeOf(value) === 'error') return this.#parts.lastWords.check(value) as LastWord
    const message = this.#parts.checker.check(value)
    this.#parts.order(message)
    return message
  }
}
