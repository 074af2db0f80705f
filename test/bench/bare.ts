// The peer of the cost benchmarks: undici's dispatch in a loop, with the smallest handler that works, and nothing else.

import { Client, type Dispatcher } from 'undici'

export interface BareLoad {
  readonly port: number
  readonly clients: number
  readonly requests: number
  readonly method: 'GET' | 'PUT'
  readonly path: string
  readonly contentType: string
  /** The next body; the same one again, or made anew. */
  readonly body: (client: number) => Buffer | null
  /** Service time of each answer, ms, if wanted. */
  readonly times?: number[]
}

/** Sends all requests, one at a time per client; rejects if one fails. */
export async function runBare(load: BareLoad): Promise<void> {
  const clients = Array.from({ length: load.clients }, () => new Client(`http://127.0.0.1:${load.port}`, { keepAliveTimeout: 600_000 }))
  const left = { requests: load.requests }
  await Promise.all(clients.map((client, index) => runClient(client, index, load, left)))
  await Promise.all(clients.map((client) => client.close()))
}

function runClient(client: Client, index: number, load: BareLoad, left: { requests: number }): Promise<void> {
  const headers = ['content-type', load.contentType]
  return new Promise((resolve, reject) => {
    let sentMs = 0
    const handler: Dispatcher.DispatchHandler = {
      onConnect: () => {
        sentMs = performance.now()
      },
      onHeaders: () => true,
      onData: () => true,
      onComplete: () => {
        load.times?.push(performance.now() - sentMs)
        next()
      },
      onError: reject
    }
    const next = (): void => {
      const body = left.requests > 0 ? load.body(index) : null
      if (left.requests-- <= 0 || body === null) resolve()
      else client.dispatch({ method: load.method, path: load.path, body, headers, reset: false }, handler)
    }
    next()
  })
}
