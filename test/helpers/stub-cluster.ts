// A server that looks like Elasticsearch to a race, answers as told, and remembers who asked it what.

import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { AddressInfo, Socket } from 'node:net'

export interface ClusterRequest {
  readonly method: string
  /** With its query. */
  readonly path: string
  readonly body: string
  /** Number of the connection it came by. */
  readonly connection: number
  readonly socket: Socket
}

export type ClusterAnswer = (request: ClusterRequest, response: ServerResponse) => void

export interface StubCluster {
  readonly port: number
  /** `127.0.0.1:PORT`, or at the host that was asked for. */
  readonly where: string
  /** What tasks asked: all but the questions of the coordinator and the warm-up. */
  readonly requests: readonly ClusterRequest[]
  /** Connections that are open now. */
  readonly connections: number
  /** Resolves with the n-th request (from 1) of the tasks. */
  asked(count: number): Promise<void>
  /** As if its process were killed. */
  die(): Promise<void>
  /** On the same port again. */
  comeBack(): Promise<void>
}

export interface StubClusterOptions {
  /** Address to listen on; default 127.0.0.1. */
  readonly host?: string
  /** Of requests of the tasks; default: a search with one hit, or a bulk without errors. */
  readonly answer?: ClusterAnswer
  /** True: it answered this question of the coordinator itself (`/`, `/_cluster/health`, statistics). */
  readonly question?: (request: ClusterRequest, response: ServerResponse) => boolean
}

const SEARCH = '{"took":1,"timed_out":false,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0},"hits":{"total":{"value":1,"relation":"eq"},"hits":[]}}'
const IDENTITY = '{"name":"stub","cluster_name":"stub","version":{"number":"9.4.3","build_flavor":"default","build_hash":"abc"},"tagline":"You Know, for Search"}'
const STATISTICS = ['/_stats/_all', '/_nodes/stats']

export function answerSearch(response: ServerResponse): void {
  json(response, 200, SEARCH)
}

export function json(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'application/json', 'x-elastic-product': 'Elasticsearch' })
  response.end(body)
}

/** The answer to a bulk; `itemStatus` of each document from its number. */
export function answerBulk(request: ClusterRequest, response: ServerResponse, itemStatus: (document: string) => number = () => 201): void {
  const lines = request.body.split('\n')
  const documents = lines.filter((line, index) => index % 2 === 1 && line !== '')
  const statuses = documents.map(itemStatus)
  const items = statuses.map((status) => {
    const error = status < 300 ? '' : `,"error":{"type":"stub_exception","reason":"document refused with ${status}"}`
    return `{"index":{"_index":"i","_id":"x","status":${status}${error}}}`
  })
  json(response, 200, `{"took":1,"errors":${statuses.some((status) => status >= 300)},"items":[${items.join(',')}]}`)
}

export function answerAll(request: ClusterRequest, response: ServerResponse): void {
  if (request.path.includes('_bulk')) answerBulk(request, response)
  else answerSearch(response)
}

/** Starts it on a free port; `after` is told how to end it. */
export async function startStubCluster(after: (end: () => Promise<void>) => void, options: StubClusterOptions = {}): Promise<StubCluster> {
  const cluster = new Cluster(options)
  await cluster.comeBack()
  after(() => cluster.die())
  return cluster
}

class Cluster implements StubCluster {
  port = 0
  readonly requests: ClusterRequest[] = []
  readonly #options: StubClusterOptions
  readonly #sockets = new Map<Socket, number>()
  readonly #waiting: { readonly count: number; readonly resolve: () => void }[] = []
  #server: Server | null = null
  #opened = 0

  constructor(options: StubClusterOptions) {
    this.#options = options
  }

  get where(): string {
    return `${this.#host}:${this.port}`
  }

  get connections(): number {
    return this.#sockets.size
  }

  get #host(): string {
    return this.#options.host ?? '127.0.0.1'
  }

  asked(count: number): Promise<void> {
    if (this.requests.length >= count) return Promise.resolve()
    return new Promise((resolve) => this.#waiting.push({ count, resolve }))
  }

  async comeBack(): Promise<void> {
    const server = createServer({ keepAliveTimeout: 60_000 }, (request, response) => void this.#receive(request, response))
    server.on('connection', (socket: Socket) => {
      this.#sockets.set(socket, this.#opened++)
      socket.on('error', () => {})
      socket.on('close', () => this.#sockets.delete(socket))
    })
    await new Promise<void>((resolve, reject) => server.on('error', reject).listen({ port: this.port, host: this.#host, backlog: 2048 }, resolve))
    this.port = (server.address() as AddressInfo).port
    this.#server = server
  }

  async die(): Promise<void> {
    const server = this.#server
    this.#server = null
    if (server === null) return
    const closed = new Promise<void>((resolve) => server.close(() => resolve()))
    for (const socket of this.#sockets.keys()) socket.resetAndDestroy()
    await closed
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const connection = this.#sockets.get(request.socket) ?? -1
    const parts: Buffer[] = []
    try {
      for await (const part of request) parts.push(part as Buffer)
    } catch {
      // The client went away in the middle of its request.
      return
    }
    const seen = { method: request.method ?? '', path: request.url ?? '', body: Buffer.concat(parts).toString(), connection, socket: request.socket }
    if (isQuestion(seen)) {
      if (this.#options.question?.(seen, response) !== true) answerQuestion(seen, response)
      return
    }
    this.requests.push(seen)
    for (const { count, resolve } of this.#waiting) if (this.requests.length >= count) resolve()
    const { answer = answerAll } = this.#options
    answer(seen, response)
  }
}

function isQuestion({ method, path }: ClusterRequest): boolean {
  return (method === 'GET' || method === 'HEAD') && (path === '/' || path === '/_cluster/health' || STATISTICS.some((one) => path.startsWith(one)))
}

function answerQuestion({ method, path }: ClusterRequest, response: ServerResponse): void {
  if (method === 'HEAD') response.end()
  else if (path === '/') json(response, 200, IDENTITY)
  else if (path === '/_cluster/health') json(response, 200, '{"status":"green"}')
  else json(response, 200, '{"_all":{},"nodes":{}}')
}
