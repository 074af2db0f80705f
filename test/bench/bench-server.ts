// The other side of the benchmarks, a process of its own: the leanest HTTP/1.1 server that can be written over node:net,
// so that what is measured is the client. Answers after `delayMs`, may stall, and keeps its own log of delays.

import { createServer, type Socket } from 'node:net'
import { gzipSync } from 'node:zlib'

interface Command {
  readonly delayMs?: number
  /** Answer nothing for this long from now; what came meanwhile is answered then. */
  readonly stallMs?: number
  /** Answers come compressed, whoever asks. */
  readonly gzip?: boolean
  readonly report?: boolean
}

const BODY =
  '{"took":1,"timed_out":false,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0},"errors":false,"hits":{"total":{"value":1,"relation":"eq"},"max_score":null,"hits":[]}}'
const ANSWER = Buffer.from(`HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: ${BODY.length}\r\n\r\n${BODY}`)
const ZIPPED = gzipSync(BODY)
const ZIPPED_HEAD = `HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-encoding: gzip\r\ncontent-length: ${ZIPPED.length}\r\n\r\n`
const ZIPPED_ANSWER = Buffer.concat([Buffer.from(ZIPPED_HEAD), ZIPPED])
const HEAD_ANSWER = Buffer.from('HTTP/1.1 200 OK\r\ncontent-length: 0\r\n\r\n')
const HEADER_END = Buffer.from('\r\n\r\n')
const MAX_DELAYS = 1_000_000

let ordinaryAnswer = ANSWER
let delayMs = 0
let stalledUntilMs = 0
let delays: number[] = []

const server = createServer((socket) => serve(socket))
server.listen(0, '127.0.0.1', () => process.send!({ port: (server.address() as { port: number }).port }))
process.on('message', (command: Command) => {
  if (command.delayMs !== undefined) delayMs = command.delayMs
  if (command.stallMs !== undefined) stalledUntilMs = performance.now() + command.stallMs
  if (command.gzip !== undefined) ordinaryAnswer = command.gzip ? ZIPPED_ANSWER : ANSWER
  if (command.report === true) {
    process.send!({ delays, cpu: process.cpuUsage() })
    delays = []
  }
})
process.on('disconnect', () => process.exit())

function serve(socket: Socket): void {
  socket.setNoDelay(true)
  let pending: Buffer | null = null
  let bodyLeft = 0
  socket.on('error', () => socket.destroy())
  socket.on('data', (data: Buffer) => {
    let chunk = pending === null ? data : Buffer.concat([pending, data])
    pending = null
    for (;;) {
      if (bodyLeft > 0) {
        const taken = Math.min(bodyLeft, chunk.length)
        bodyLeft -= taken
        chunk = chunk.subarray(taken)
        if (bodyLeft > 0) return
        answer(socket, false)
        if (chunk.length === 0) return
        continue
      }
      const end = chunk.indexOf(HEADER_END)
      if (end === -1) {
        if (chunk.length > 0) pending = chunk
        return
      }
      const head = chunk.toString('latin1', 0, end)
      const length = /content-length: (\d+)/i.exec(head)
      chunk = chunk.subarray(end + 4)
      bodyLeft = length === null ? 0 : Number(length[1])
      if (bodyLeft === 0) answer(socket, head.startsWith('HEAD'))
      if (chunk.length === 0 && bodyLeft === 0) return
    }
  })
}

function answer(socket: Socket, isHead: boolean): void {
  const arrivedMs = performance.now()
  const waitMs = Math.max(delayMs, stalledUntilMs - arrivedMs)
  if (waitMs <= 0 || isHead) socket.write(isHead ? HEAD_ANSWER : ordinaryAnswer)
  else setTimeout(() => finish(socket, arrivedMs), waitMs)
}

function finish(socket: Socket, arrivedMs: number): void {
  if (delays.length < MAX_DELAYS) delays.push(performance.now() - arrivedMs)
  if (!socket.destroyed) socket.write(ordinaryAnswer)
}
