// A bad network for one TCP port: delays, stalls, limits, cuts and garbles what passes, as it is told.

import { createServer, connect, type AddressInfo, type Socket } from 'node:net'
import { ProxyDirection, type ProxySettings } from './proxy-direction.ts'

export interface Proxy {
  readonly host: string
  readonly port: number
  /** Connections that are open. */
  readonly connections: number
  /** Connections that were reset in the middle. */
  readonly cuts: number
  set(settings: Partial<ProxySettings>): void
  /** Nothing passes any more, until `resume`. */
  stall(): void
  resume(): void
  /** Resets all connections. */
  cut(): void
  /** New connections are reset at once, until `accept`. */
  refuse(): void
  accept(): void
  close(): Promise<void>
}

export interface ProxyRequest extends Partial<ProxySettings> {
  readonly target: { readonly host: string; readonly port: number } | { readonly path: string }
  /** Where to listen; default 127.0.0.1 and any free port. */
  readonly host?: string
  readonly port?: number
}

const HARMLESS: ProxySettings = {
  delayMs: 0,
  jitterMs: 0,
  bandwidthBps: 0,
  dropAfterBytes: 0,
  stallAfterBytes: 0,
  dropLines: 0,
  duplicateLines: 0,
  reorderLines: 0,
  seed: 1,
  holdMs: 100,
  direction: 'both'
}

interface Connection {
  readonly directions: readonly ProxyDirection[]
  readonly cut: () => void
}

export async function openProxy({ target, host = '127.0.0.1', port = 0, ...asked }: ProxyRequest): Promise<Proxy> {
  const settings = { ...HARMLESS, ...asked }
  const open = new Set<Connection>()
  const state = { isStalled: false, isRefusing: false, count: 0, cuts: 0 }
  const server = createServer({ allowHalfOpen: true, noDelay: true }, (client) => {
    if (state.isRefusing) {
      client.resetAndDestroy()
      return
    }
    const upstream = connect({ ...target, allowHalfOpen: true, noDelay: true })
    const connection = join(client, upstream, { settings, seed: settings.seed + ++state.count, isStalled: () => state.isStalled, isCut: () => void state.cuts++ })
    open.add(connection)
    const forget = (): void => void (client.destroyed && upstream.destroyed && open.delete(connection))
    for (const socket of [client, upstream]) socket.on('error', connection.cut).on('close', forget)
  })
  await new Promise<void>((resolve, reject) => server.once('error', reject).listen(port, host, resolve))
  const cut = (): void => [...open].forEach((connection) => connection.cut())
  const run = (): void => [...open].flatMap(({ directions }) => directions).forEach((direction) => direction.run())
  return {
    host,
    port: (server.address() as AddressInfo).port,
    get connections() {
      return open.size
    },
    get cuts() {
      return state.cuts
    },
    set(changed) {
      Object.assign(settings, changed)
      run()
    },
    stall: () => void (state.isStalled = true),
    resume() {
      state.isStalled = false
      for (const { directions } of open) directions.forEach((direction) => direction.release())
      run()
    },
    cut,
    refuse: () => void (state.isRefusing = true),
    accept: () => void (state.isRefusing = false),
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve())
        cut()
      })
  }
}

interface Joint {
  readonly settings: ProxySettings
  readonly seed: number
  readonly isStalled: () => boolean
  /** Told when both were open until then. */
  readonly isCut: () => void
}

function join(client: Socket, upstream: Socket, { settings, seed, isStalled, isCut }: Joint): Connection {
  const cut = (): void => {
    if (!client.destroyed && !upstream.destroyed) isCut()
    for (const socket of [client, upstream]) reset(socket)
  }
  const parts = { settings, isStalled, cut }
  const directions = [
    new ProxyDirection({ ...parts, from: client, to: upstream, name: 'to-server', seed: 2 * seed }),
    new ProxyDirection({ ...parts, from: upstream, to: client, name: 'to-client', seed: 2 * seed + 1 })
  ]
  return { directions, cut }
}

/** A Unix socket knows no reset; and one that is ending already cannot be reset: Node.js would never let go of it. */
function reset(socket: Socket): void {
  if (socket.remoteAddress === undefined || socket.writableEnded) socket.destroy()
  else socket.resetAndDestroy()
}
