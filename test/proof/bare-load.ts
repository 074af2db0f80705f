// The barest client there is under the same load: a socket for each client, requests at even distances, answers taken as they come. What
// it sees beyond the node's own log is the machine's and the node's: a node that is busy reads late, and does not know it.

import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import type { CalibratedNode } from './calibrated-node.ts'
import type { Load } from './load.ts'
import { ascending } from './statistics/quantile.ts'

const SEARCH = '/cities/_search'
const WARM = { clients: 400, perSecond: 3000, seconds: 2 }

interface Address {
  readonly host: string
  readonly port: number
}

export type SteadyLoad = Load & { readonly perSecond: number; readonly seconds: number }

/** A node that has just started answers its first thousands of requests with code that is not compiled yet: some 5 ms for what takes 0.1 ms then. */
export async function warmUp(node: CalibratedNode): Promise<void> {
  await bareLoad(node, WARM)
  await node.clearTruth()
}

/** Times of all requests, ms, ascending. A request whose turn comes while its socket still waits is sent as soon as that is free. */
export async function bareLoad({ host, port }: Address, load: SteadyLoad): Promise<Float64Array> {
  const clients = await Promise.all(Array.from({ length: load.clients }, () => BareClient.open(host, port)))
  const total = Math.round(load.perSecond * load.seconds)
  const startMs = performance.now()
  for (let sent = 0; sent < total;) {
    const due = Math.min(total, Math.floor(((performance.now() - startMs) / 1000) * load.perSecond) + 1)
    for (; sent < due; sent++) clients[sent % clients.length]!.send()
    await new Promise((resolve) => setImmediate(resolve))
  }
  await Promise.all(clients.map((client) => client.idle()))
  for (const client of clients) client.close()
  return ascending(clients.flatMap(({ times }) => times))
}

class BareClient {
  readonly times: number[] = []
  readonly #socket: Socket
  readonly #request: string
  #waiting = 0
  #sentMs = 0

  static async open(host: string, port: number): Promise<BareClient> {
    const socket = connect(port, host)
    await once(socket, 'connect')
    return new BareClient(socket, `GET ${SEARCH} HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n`)
  }

  constructor(socket: Socket, request: string) {
    this.#socket = socket
    this.#request = request
    socket.setNoDelay(true)
    // Answers of the node fit into one segment.
    socket.on('data', () => {
      this.times.push(performance.now() - this.#sentMs)
      if (--this.#waiting > 0) this.#write()
    })
  }

  send(): void {
    if (++this.#waiting === 1) this.#write()
  }

  async idle(): Promise<void> {
    while (this.#waiting > 0) await once(this.#socket, 'data')
  }

  close(): void {
    this.#socket.destroy()
  }

  #write(): void {
    this.#sentMs = performance.now()
    this.#socket.write(this.#request)
  }
}
