// A visitor's way from the open port to a channel: one hello, and what becomes of it.
//
// | it                                         | hears                             | and then          |
// |--------------------------------------------|-----------------------------------|-------------------|
// | says a hello that is welcome               | `welcome`                         | has its channel   |
// | speaks another protocol, is another program| `refused`, with both versions     | is hung up on     |
// | wants a role that is not served, is no     | `refused`, with the reason        | is hung up on     |
// |   guest, or leaves out a field             |                                   |                   |
// | says anything else, more than one line, or | `error`                           | is hung up on     |
// |   a line over 4 KiB                        |                                   |                   |
//
// What is wrong with the key is found out before, by TLS; what takes too long, by `strangers.ts`.

import type { Duplex } from 'node:stream'
import { messageOf } from '../core/errors.ts'
import { LineSplitter, LineTooLongError } from '../core/lines.ts'
import { greetingChecker, openCodec, type FirstWord, type LastWord } from './codec.ts'
import { StreamConnection, type Connection } from './connection.ts'
import { PROTOCOL, type Hello, type Refusal, type Welcome } from './hello.ts'
import type { Greeting, Host } from './host.ts'
import { parseLine } from './json-line.ts'
import { identityOf } from './pre-shared-key.ts'
import { otherProgram, SAME_VERSION, type Program } from './program.ts'
import { WireFault } from './wire-fault.ts'

const HELLO_LIMIT_BYTES = 4096
const LINGER_MS = 1000

export interface Visit {
  readonly stream: Duplex
  readonly remote: string
  readonly program: Program
  readonly host: Host
  readonly problem: (line: string) => void
  /** It has said a hello: it is no stranger. */
  readonly known: () => void
}

/** Never rejects. */
export async function receive(visit: Visit): Promise<void> {
  const { stream, remote, problem } = visit
  try {
    const line = await firstLine(stream)
    if (line === null) return
    const hello = await readHello(line, visit.program)
    // From here on it waits for us: a node that must first be freed for it takes longer than a hello may.
    if (!('code' in hello)) visit.known()
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
        end(() => reject(fault instanceof Error ? fault : new Error(String(fault))))
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
  const value = parseLine(line) as Readonly<Record<string, unknown>> | null
  if (value?.['t'] !== 'hello') throw new WireFault('the first line is no hello')
  const protocol = value['protocol']
  if (typeof protocol === 'number' && protocol !== PROTOCOL) {
    const refusal = otherProgram({ protocol, version: wordOf(value['version']), program: wordOf(value['program']) }, here)
    if (refusal !== null) return refusal
  }
  return checkedHello(() => checker.check(value))
}

/** Of a hello that nothing is known of. */
function wordOf(value: unknown): string {
  return typeof value === 'string' ? value.slice(0, 64) : '?'
}

function checkedHello(check: () => FirstWord): Hello | Refusal {
  try {
    return check() as Hello
  } catch (error) {
    if (!(error instanceof WireFault)) throw error
    return { t: 'refused', code: 'shape', message: error.message, hint: SAME_VERSION }
  }
}

/** Status is told to all versions: it is how one finds out which is where. */
async function decide(hello: Hello, { host, program, remote }: Visit): Promise<Greeting | Refusal> {
  if (host.accept[hello.role] === undefined && host.pass?.[hello.role] === undefined) {
    return { t: 'refused', code: 'role', message: `nothing is served for ${hello.role} here`, hint: 'check the address: this daemon plays another part' }
  }
  const refusal = hello.role === 'status' ? null : otherProgram(hello, program)
  return refusal ?? host.greet(hello, remote)
}

function refuse({ stream, remote, problem }: Visit, refusal: Refusal): void {
  problem(`${remote}: refused: ${refusal.message}`)
  dismiss(stream, { ...refusal, t: 'refused' })
}

/** Once it was greeted, the visitor is handed on even if it has gone meanwhile: who greeted it may have made room for it. */
async function welcome({ stream, remote, host, program }: Visit, hello: Hello, greeting: Greeting): Promise<void> {
  const said: Welcome = { t: 'welcome', ...program, ...greeting }
  const codec = await openCodec(hello.role, 'asks')
  if (stream.writable) stream.write(`${JSON.stringify(said)}\n`)
  const pass = host.pass?.[hello.role]
  if (pass !== undefined) return pass(hello, stream, remote)
  const connection = new StreamConnection<never, never>({ stream, codec, welcome: said, remote })
  // The role of the hello decides which messages the connection has: the compiler cannot follow that.
  const serve = host.accept[hello.role] as ((hello: Hello, connection: Connection<never, never>, identity: string | null) => void) | undefined
  serve?.(hello, connection, identityOf(stream))
}

function dismiss(stream: Duplex, word: Refusal | LastWord): void {
  if (stream.destroyed) return
  stream.end(`${JSON.stringify(word)}\n`)
  // A stream that is cut with bytes unread takes the last word with it.
  stream.resume()
  const timer = setTimeout(() => stream.destroy(), LINGER_MS)
  stream.once('close', () => clearTimeout(timer))
}

