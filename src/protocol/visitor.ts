// A visitor's way from the open port to a channel: one hello, and what becomes of it.
//
// | it                                         | hears                             | and then          |
// |--------------------------------------------|-----------------------------------|-------------------|
// | says a hello that is welcome               | `welcome`                         | has its channel   |
// | speaks another protocol, is another program| `refused`, with both versions     | is hung up on     |
// | wants a role that is not served, or is not | `refused`, with the reason        | is hung up on     |
// | says anything else, more than one line, or | `error`                           | is hung up on     |
// |   a line over 4 KiB                        |                                   |                   |
//
// What is wrong with the key is found out before, by TLS; what takes too long, by `strangers.ts`.

import type { Duplex } from 'node:stream'
import { messageOf } from '../core/errors.ts'
import { LineSplitter, LineTooLongError } from '../core/lines.ts'
import { greetingChecker, openCodec, type LastWord } from './codec.ts'
import { StreamConnection, type Connection } from './connection.ts'
import { PROTOCOL, type Hello, type Refusal, type Welcome } from './hello.ts'
import { parseLine } from './json-line.ts'
import type { ListenOptions } from './listener.ts'
import { otherProgram, type Program } from './program.ts'
import { WireFault } from './wire-fault.ts'

const HELLO_LIMIT_BYTES = 4096
const LINGER_MS = 1000

export interface Visit {
  readonly stream: Duplex
  readonly remote: string
  readonly program: Program
  readonly options: ListenOptions
  readonly problem: (line: string) => void
  /** Its hello was welcome. */
  readonly known: () => void
}

/** Never rejects. */
export async function receive(visit: Visit): Promise<void> {
  const { stream, remote, problem } = visit
  try {
    const line = await firstLine(stream)
    if (line === null) return
    const hello = await readHello(line, visit.program)
    const answer = 'code' in hello ? hello : await decide(hello, visit)
    if ('code' in answer || 'code' in hello) return refuse(visit, answer as Refusal)
    await welcome(visit, hello, answer)
  } catch (error) {
    problem(`${remote}: ${messageOf(error)}`)
    dismiss(stream, { t: 'error', message: error instanceof WireFault ? error.message : 'the daemon could not answer: see its log' })
  }
}

/** Null: it went away before. Throws WireFault. The stream is paused then: nothing more is read until the visitor is welcome. */
function firstLine(stream: Duplex): Promise<Buffer | null> {
  const splitter = new LineSplitter(HELLO_LIMIT_BYTES)
  return new Promise((resolve, reject) => {
    const read = (chunk: Buffer): void => {
      try {
        const [line, ...more] = splitter.push(chunk)
        if (line === undefined) return
        if (more.length > 0 || splitter.hasBegun) throw new WireFault('wrong order: more than a hello before the welcome')
        end(() => resolve(line))
      } catch (error) {
        const fault = error instanceof LineTooLongError ? new WireFault('a hello is over 4 KiB') : error
        end(() => reject(fault as WireFault))
      }
    }
    const gone = (): void => end(() => resolve(null))
    const end = (settle: () => void): void => {
      stream.off('data', read).off('end', gone).off('close', gone).pause()
      settle()
    }
    stream.on('data', read).on('end', gone).on('close', gone)
  })
}

/** Only `protocol` is sure to be understood: it is looked at before all else. */
async function readHello(line: Buffer, here: Program): Promise<Hello | Refusal> {
  const checker = await greetingChecker()
  const value = parseLine(line) as Partial<Hello> | null
  if (value?.t !== 'hello') throw new WireFault('the first line is no hello')
  const { protocol, version = '?', program = '?' } = value
  if (Number.isInteger(protocol) && protocol !== PROTOCOL) {
    const refusal = otherProgram({ protocol: protocol!, version: String(version).slice(0, 40), program: String(program) }, here)
    if (refusal !== null) return refusal
  }
  const hello = checker.check(value)
  if (hello.t !== 'hello') throw new WireFault('the first line is no hello')
  return hello
}

/** Status is told to all versions: it is how one finds out which is where. */
async function decide(hello: Hello, { options, program, remote }: Visit): Promise<Omit<Welcome, 't' | keyof Program> | Refusal> {
  if (options.accept[hello.role] === undefined) {
    return { t: 'refused', code: 'role', message: `nothing is served for ${hello.role} here`, hint: 'check the address: this daemon plays another part' }
  }
  const refusal = hello.role === 'status' ? null : otherProgram(hello, program)
  return refusal ?? options.greet(hello, remote)
}

function refuse({ stream, remote, problem }: Visit, refusal: Refusal): void {
  problem(`${remote}: refused: ${refusal.message}`)
  dismiss(stream, { ...refusal, t: 'refused' })
}

/** Once it was greeted, the visitor is handed on even if it has gone meanwhile: who greeted it may have made room for it. */
async function welcome({ stream, remote, options, program, known }: Visit, hello: Hello, greeting: Omit<Welcome, 't' | keyof Program>): Promise<void> {
  const said: Welcome = { t: 'welcome', ...program, ...greeting }
  const codec = await openCodec(hello.role, 'asks')
  known()
  if (stream.writable) stream.write(`${JSON.stringify(said)}\n`)
  accept(hello, new StreamConnection({ stream, codec, welcome: said, remote }), options.accept)
}

function accept(hello: Hello, connection: Connection<never, never>, by: ListenOptions['accept']): void {
  // The role of the hello decides which messages the connection has: the compiler cannot follow that.
  const serve = by[hello.role] as ((hello: Hello, connection: Connection<never, never>) => void) | undefined
  serve?.(hello, connection)
}

function dismiss(stream: Duplex, word: Refusal | LastWord): void {
  if (stream.destroyed) return
  stream.end(`${JSON.stringify(word)}\n`)
  // A stream that is cut with bytes unread takes the last word with it.
  stream.resume()
  const timer = setTimeout(() => stream.destroy(), LINGER_MS)
  stream.once('close', () => clearTimeout(timer))
}

