// CPU of our client layer against undici's bare dispatch, side by side in one run, against a server in a process of its own.
// node dist-test/test/bench/bench-target.js [requests] [rounds]; ratios only, and only on a quiet machine.

import { spawn } from 'node:child_process'
import { Client, type Dispatcher } from 'undici'
import { systemClock } from '../../src/core/clock.ts'
import { createTargetClient } from '../../src/target/target-client.ts'
import type { TargetRequest } from '../../src/target/request.ts'
import { plainOptions } from '../unit/target/plain-options.ts'

const REQUESTS = Number(process.argv[2] ?? 40_000)
const ROUNDS = Number(process.argv[3] ?? 5)

const SERVER = `
const body = '{"took":1,"timed_out":false,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0},"hits":{"total":{"value":3,"relation":"eq"},"max_score":null,"hits":[]}}'
const answer = Buffer.from('HTTP/1.1 200 OK\\r\\nX-elastic-product: Elasticsearch\\r\\ncontent-type: application/json\\r\\ncontent-length: ' + body.length + '\\r\\n\\r\\n' + body)
const server = require('node:net').createServer({ noDelay: true }, (socket) => { socket.on('data', () => socket.write(answer)); socket.on('error', () => {}) })
server.listen(0, '127.0.0.1', () => console.log(server.address().port))
`

const BODY = Buffer.from('{"query":{"term":{"country":"DE"}}}')
const HEADERS = ['accept', 'application/json', 'accept-encoding', 'gzip', 'user-agent', 'rally', 'content-type', 'application/json']

type Sender = (port: number) => { send: () => Promise<unknown>; close: () => Promise<unknown> }

const OPTIONS = { path: '/cities/_search', method: 'GET', body: BODY, headers: HEADERS, reset: false } as const

function bareClient(port: number): Client {
  return new Client(`http://127.0.0.1:${port}`, { pipelining: 1, keepAliveTimeout: 600_000, headersTimeout: 0, bodyTimeout: 0 })
}

class BareHandler implements Dispatcher.DispatchHandler {
  done: () => void = () => {}
  onConnect(): void {}
  onHeaders(): boolean {
    return true
  }
  onData(): boolean {
    return true
  }
  onComplete(): void {
    this.done()
  }
  onError(error: Error): void {
    throw error
  }
}

class NewHandler implements Dispatcher.DispatchHandler {
  done: () => void = () => {}
  onRequestStart(): void {}
  onResponseStart(): void {}
  onResponseData(): void {}
  onResponseEnd(): void {
    this.done()
  }
  onResponseError(_: unknown, error: Error): void {
    throw error
  }
}

const senders: Readonly<Record<string, Sender>> = {
  'bare dispatch': (port) => bare(port, new BareHandler()),
  'bare dispatch, new handler': (port) => bare(port, new NewHandler()),
  'ours, keep none': (port) => ours(port, 'none'),
  'ours, keep head': (port) => ours(port, 'head')
}

function bare(port: number, handler: BareHandler | NewHandler): ReturnType<Sender> {
  const client = bareClient(port)
  const executor = (resolve: (value: unknown) => void): void => {
    handler.done = () => resolve(null)
  }
  const send = (): Promise<unknown> => {
    const promise = new Promise(executor)
    client.dispatch(OPTIONS, handler)
    return promise
  }
  return { send, close: () => client.destroy() }
}

function ours(port: number, keep: 'none' | 'head'): ReturnType<Sender> {
  const client = createTargetClient(plainOptions([port]), systemClock)
  const request: TargetRequest = Object.freeze({ method: 'GET', path: '/cities/_search', body: BODY, keep })
  const send = (): Promise<unknown> => {
    client.begin()
    return client.send(request)
  }
  return { send, close: () => client.close() }
}

/** CPU milliseconds of `requests` over `clients` closed loops. */
async function measure(sender: Sender, port: number, clients: number): Promise<number> {
  const all = Array.from({ length: clients }, () => sender(port))
  let left = 2000
  const loop = async ({ send }: ReturnType<Sender>): Promise<void> => {
    while (left-- > 0) await send()
  }
  await Promise.all(all.map(loop))
  left = REQUESTS
  const before = process.cpuUsage()
  await Promise.all(all.map(loop))
  const { user, system } = process.cpuUsage(before)
  await Promise.all(all.map(({ close }) => close()))
  return (user + system) / 1000
}

function median(values: readonly number[]): number {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN
}

const server = spawn(process.execPath, ['-e', SERVER], { stdio: ['ignore', 'pipe', 'inherit'] })
const port = await new Promise<number>((resolve) => server.stdout.once('data', (line: Buffer) => resolve(Number(line.toString()))))
for (const clients of [8, 64]) {
  const times: Record<string, number[]> = {}
  for (let round = 0; round < ROUNDS; round++) {
    for (const [name, sender] of Object.entries(senders)) (times[name] ??= []).push(await measure(sender, port, clients))
  }
  const peer = times['bare dispatch'] ?? []
  for (const [name, own] of Object.entries(times)) {
    const ratio = median(own.map((time, round) => time / (peer[round] ?? Number.NaN)))
    const perRequestUs = (median(own) * 1000) / REQUESTS
    console.log(`${clients} clients, ${name}: ${perRequestUs.toFixed(1)} us CPU per request, ratio ${ratio.toFixed(2)}`)
  }
}
server.kill()
