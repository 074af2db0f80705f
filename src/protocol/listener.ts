// The side that waits: greets strangers within bounds, and hands each channel to the one who serves its role.

import { createServer, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer } from 'node:tls'
import { messageOf } from '../core/errors.ts'
import { LINE_LIMITS, type DiallerMessage, type ListenerMessage } from './channels.ts'
import { StreamConnection, type Connection } from './connection.ts'
import type { Hello, Refusal, Role, Welcome } from './hello.ts'
import { serverSecurity } from './pre-shared-key.ts'
import { thisProgram, type Program } from './program.ts'
import { readHello } from './visitor.ts'

export interface ListenOptions {
  /** TCP needs a key for each identity (null: a stranger); without any there is only a Unix socket. */
  readonly at: { readonly host: string; readonly port: number; readonly keyFor: (identity: string) => Buffer | null } | { readonly socketPath: string }
  /** Whether this hello is welcome; protocol and program have been compared. */
  readonly greet: (hello: Hello, remote: string) => Greeting | Refusal | Promise<Greeting | Refusal>
  /** Who takes the channel; a role that is missing is refused. */
  readonly accept: { readonly [R in Role]?: (hello: Hello, connection: Connection<ListenerMessage<R>, DiallerMessage<R>>) => void }
  /** One line of what went wrong with a visitor. */
  readonly problem: (line: string) => void
}

/** What the welcome says of the node. */
export type Greeting = Pick<Welcome, 'node' | 'facts' | 'evicted'>

export interface Listener {
  /** The real one, where 0 was asked for; null: a Unix socket. */
  readonly port: number | null
  /** Takes no more visitors, and hangs up on all. */
  close(): Promise<void>
}

/** Resolves when it listens. */
export async function listen(options: ListenOptions): Promise<Listener> {
  const program = await thisProgram()
  const sockets = new Set<Socket>()
  const greet = (socket: Socket): void => void welcome(socket, options, program)
  const server: Server = 'keyFor' in options.at ? createTlsServer({ ...serverSecurity(options.at.keyFor) }, greet) : createServer(greet)
  server.on('connection', (socket: Socket) => {
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    const { at } = options
    if ('socketPath' in at) server.listen(at.socketPath, resolve)
    else server.listen(at.port, at.host, resolve)
  })
  const bound = server.address()
  return {
    port: bound === null || typeof bound === 'string' ? null : bound.port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    }
  }
}

async function welcome(socket: Socket, options: ListenOptions, program: Program): Promise<void> {
  const remote = socket.remoteAddress === undefined ? 'the Unix socket' : `${socket.remoteAddress}:${socket.remotePort}`
  try {
    const hello = await readHello(socket)
    const answer = await options.greet(hello, remote)
    if ('code' in answer) {
      socket.end(`${JSON.stringify(answer)}\n`)
      return options.problem(`${remote}: ${answer.message}`)
    }
    const said: Welcome = { t: 'welcome', ...program, ...answer }
    socket.write(`${JSON.stringify(said)}\n`)
    take(hello, new StreamConnection({ stream: socket, welcome: said, remote, limitBytes: LINE_LIMITS[hello.role] }), options.accept)
  } catch (error) {
    socket.destroy()
    options.problem(`${remote}: ${messageOf(error)}`)
  }
}

function take(hello: Hello, connection: Connection<never, never>, accept: ListenOptions['accept']): void {
  // The role of the hello decides which messages the connection has: the compiler cannot follow that.
  const serve = accept[hello.role] as ((hello: Hello, connection: Connection<never, never>) => void) | undefined
  serve?.(hello, connection)
}
