// A listener of node `a` that keeps what it is told of visitors.

import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Connection } from '../../src/protocol/connection.ts'
import { dial } from '../../src/protocol/dial.ts'
import type { Hello } from '../../src/protocol/hello.ts'
import { listen, type Listener, type ListenOptions } from '../../src/protocol/listener.ts'
import type { NodeCommand, NodeEvent } from '../../src/protocol/messages.ts'
import { thisProgram } from '../../src/protocol/program.ts'
import { FACTS } from './node-facts.ts'
import type { Door } from './raw-visitor.ts'

export const KEY = Buffer.alloc(32, 7)

export interface TestListener {
  readonly listener: Listener
  readonly problems: string[]
  /** The node's ends of the control channels, in the order in which they came. */
  readonly controls: Connection<NodeEvent, NodeCommand>[]
  readonly door: Door
  /** The coordinator's end. */
  readonly dial: () => Promise<Connection<NodeCommand, NodeEvent>>
}

interface Ending {
  after(end: () => Promise<void>): void
}

export async function startListener(t: Ending, over: 'tls' | 'socket', more: Partial<ListenOptions> = {}): Promise<TestListener> {
  const folder = await mkdtemp(join(tmpdir(), 'rally-wire-'))
  const path = join(folder, 's')
  const problems: string[] = []
  const controls: Connection<NodeEvent, NodeCommand>[] = []
  const listener = await listen({
    at: over === 'tls' ? { host: '127.0.0.1', port: 0, keyFor: (identity) => (identity === 'a' ? KEY : null) } : { socketPath: path },
    greet: () => ({ node: 'a', facts: FACTS }),
    accept: { control: (_hello, connection) => void controls.push(connection) },
    problem: (line) => problems.push(line),
    ...more
  })
  t.after(async () => {
    await listener.close()
    await rm(folder, { recursive: true })
  })
  const address = listener.port === null ? { socketPath: path } : { host: '127.0.0.1', port: listener.port }
  return {
    listener,
    problems,
    controls,
    door: listener.port === null ? { path } : { port: listener.port, key: KEY },
    dial: () => dial({ address, identity: 'a', key: KEY, hello: { role: 'control', race: 'r' }, deadlineMs: 10_000 })
  }
}

/** A hello as the program itself says it, changed. */
export async function helloLine(changed: Readonly<Record<string, unknown>> = {}): Promise<string> {
  const hello: Hello = { t: 'hello', ...thisProgram(), role: 'control', race: 'r' }
  return `${JSON.stringify({ ...hello, ...changed })}\n`
}
