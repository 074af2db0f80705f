// The child process: one embedded node, from its flags to its end. With a parent on an IPC channel it lives no longer than that parent;
// without one (`node dist/embedded/embedded-process.js --port=9200`) it runs until SIGINT or SIGTERM.

import { appendFileSync } from 'node:fs'
import { systemClock } from '../core/clock.ts'
import { messageOf } from '../core/errors.ts'
import { embeddedRoutes } from './api/embedded-api.ts'
import { NodeState } from './api/node-state.ts'
import { createRouter } from './api/routes.ts'
import { DeadlineQueue } from './calibration/deadline-queue.ts'
import { Timetable } from './calibration/timetable.ts'
import { TruthLog } from './calibration/truth-log.ts'
import { createEmbeddedServer, type Calibration } from './http/embedded-server.ts'
import { fromFlags, type EmbeddedNodeOptions } from './node-options.ts'
import type { ChildMessage } from './child-message.ts'

/** How long open requests may take to end after SIGTERM. */
const CLOSE_DEADLINE_MS = 1000

function main(): void {
  // First of all: a parent that died meanwhile must not leave us behind.
  if (process.channel !== undefined) process.on('disconnect', () => process.exit(0))
  let options: EmbeddedNodeOptions
  try {
    options = fromFlags(process.argv.slice(2))
  } catch (error) {
    fail(messageOf(error))
    return
  }
  run(options)
}

function run(options: EmbeddedNodeOptions): void {
  const log = (line: string): void => {
    if (options.logFile !== undefined) appendFileSync(options.logFile, `${new Date(systemClock.wallMs()).toISOString()} ${line}\n`)
  }
  const state = new NodeState()
  const calibration = calibrationOf(options)
  const router = createRouter(state, calibration === null ? [] : embeddedRoutes(calibration))
  const onBug = (error: unknown): void => log(`error: ${error instanceof Error ? error.stack : String(error)}`)
  const server = createEmbeddedServer({ router, calibration, onBug })
  const end = (): void => {
    if (options.truthFile !== undefined) calibration?.truth.writeTo(options.truthFile)
    log('stopped')
    process.exit(0)
  }
  server.on('connection', (socket) => {
    state.httpConnections++
    socket.on('close', () => state.httpConnections--)
  })
  server.on('error', (error) => fail(`cannot listen on ${options.host}:${options.port}: ${messageOf(error)}`))
  server.listen(options.port, options.host, () => {
    const { address, port } = server.address() as { readonly address: string; readonly port: number }
    state.address = `${address}:${port}`
    log(`listening on ${state.address}, pid ${process.pid}`)
    tell({ type: 'listening', port })
    if (process.channel === undefined) process.stdout.write(`embedded node on http://${state.address}\n`)
  })
  const close = (): void => {
    server.close(end)
    server.closeIdleConnections()
    setTimeout(end, CLOSE_DEADLINE_MS)
  }
  process.on('SIGTERM', close)
  // A terminal's Ctrl-C reaches the whole process group; the race decides when its node goes.
  for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, process.channel === undefined ? close : () => undefined)
}

function calibrationOf(options: EmbeddedNodeOptions): Calibration | null {
  const { delay, faults = [], truthFile, answers } = options
  if (delay === undefined && faults.length === 0 && truthFile === undefined && answers !== 'fixed') return null
  return {
    timetable: new Timetable({ delay: delay ?? null, queue: options.queue ?? 'concurrent', faults, seed: options.seed ?? '0' }),
    deadlines: new DeadlineQueue(),
    truth: new TruthLog(systemClock.monotonicMs()),
    isFixed: (answers ?? (delay === undefined ? 'engine' : 'fixed')) === 'fixed'
  }
}

function tell(message: ChildMessage): void {
  process.send?.(message)
}

function fail(message: string): void {
  if (process.channel === undefined) {
    process.stderr.write(`${message}\n`)
    process.exit(2)
  }
  // The parent has the words before we are gone.
  process.send?.({ type: 'failed', message } satisfies ChildMessage, () => process.exit(2))
}

main()
