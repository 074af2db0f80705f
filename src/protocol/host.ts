// What the listening side decides for itself: who is welcome, and who takes which channel.

import type { Duplex } from 'node:stream'
import type { DiallerMessage, ListenerMessage } from './channels.ts'
import type { Connection } from './connection.ts'
import type { Hello, Refusal, Role, Welcome } from './hello.ts'

export interface Host {
  /** Whether this hello is welcome; protocol, program and role have been looked at. Who is greeted is always handed to `accept`. */
  readonly greet: (hello: Hello, remote: string) => Greeting | Refusal | Promise<Greeting | Refusal>
  /** Who takes the channel; a role that is missing is refused. `identity`: of the key that the visitor has; null: it came over a Unix socket. */
  readonly accept: {
    readonly [R in Role]?: (hello: Hello, connection: Connection<ListenerMessage<R>, DiallerMessage<R>>, identity: string | null) => void
  }
  /** In place of `accept`: channels whose bytes are passed on to another process, which reads and checks them. */
  readonly pass?: { readonly [R in Role]?: (hello: Hello, stream: Duplex, remote: string) => void }
}

/** What the welcome says of the node. */
export type Greeting = Pick<Welcome, 'node' | 'facts' | 'evicted'>
