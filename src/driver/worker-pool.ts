// The worker threads of one race: as many as there are, started together, one job each until the race is over.

import { MessageChannel, receiveMessageOnPort, type MessagePort } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { RallyError, systemCode } from '../core/errors.ts'
import type { WorkerCommand, WorkerEvent, WorkerStart } from '../protocol/worker-messages.ts'
import { LastColumns, type ToldEvent } from './last-columns.ts'

export interface WorkerPool {
  readonly size: number
  /** Ends a thread that cannot be asked any more; its listener is told that it died, and why. */
  kill(worker: number, why: RallyError): void
  send(command: WorkerCommand, worker?: number): void
  /** Ends all jobs; threads that do not end by themselves within the deadline are terminated. */
  close(): Promise<void>
}

export interface WorkerListener {
  /** Also what a worker had said, or measured, when it died. */
  event(worker: number, event: ToldEvent): void
  /** A job ended, though it was not told to; it has said nothing more. */
  died(worker: number, error: unknown): void
}

const CLOSE_DEADLINE_MS = 3000
const WORKER_FILE = new URL(`../worker/worker.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url).href

/** Starts one job per entry of `starts`; worker i is the i-th. */
export function openWorkerPool(starts: readonly WorkerStart[], listener: WorkerListener): WorkerPool {
  const pool = openThreads(starts.length)
  let isClosing = false
  const ports: MessagePort[] = []
  const killers = starts.map(() => new AbortController())
  const jobs = starts.map(async (start, worker) => {
    const { port1, port2 } = new MessageChannel()
    ports.push(port1)
    const last = new LastColumns()
    const hear = (event: WorkerEvent): void => {
      if (last.hears(event)) listener.event(worker, event)
    }
    port1.on('message', hear)
    const ended = (error: unknown): void => {
      for (let told = receiveMessageOnPort(port1); told !== undefined; told = receiveMessageOnPort(port1)) hear(told.message as WorkerEvent)
      const rest = last.take()
      if (rest !== null) listener.event(worker, { t: 'chunk', chunk: rest })
      if (!isClosing) listener.died(worker, error)
    }
    const { signal } = killers[worker]!
    try {
      await pool.run({ start, port: port2 }, { transferList: [port2], signal })
      ended(new RallyError('node', `worker ${worker} ended before the race did`))
    } catch (error) {
      ended(signal.aborted ? signal.reason : error)
    } finally {
      port1.close()
    }
  })
  return {
    size: starts.length,
    send: (command, worker) => {
      for (const port of worker === undefined ? ports : ports.slice(worker, worker + 1)) port.postMessage(command)
    },
    kill: (worker, why) => killers[worker]?.abort(why),
    close: async () => {
      isClosing = true
      for (const port of ports) port.postMessage({ t: 'finish' } satisfies WorkerCommand)
      const deadline = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_DEADLINE_MS).unref())
      const settled = Promise.allSettled(jobs)
      await Promise.race([settled, deadline])
      await pool.destroy()
      // Also what those had measured that had to be terminated has been passed on then.
      await settled
    }
  }
}

function openThreads(count: number): Piscina {
  const options = {
    filename: WORKER_FILE,
    minThreads: count,
    maxThreads: count,
    concurrentTasksPerWorker: 1,
    // The default would freeze a thread's sockets and timers while it waits for work.
    atomics: 'disabled'
  } as const
  try {
    return new Piscina({ ...options, execArgv: [...process.execArgv.filter((argument) => argument !== '--test'), '--enable-source-maps'] })
  } catch (error) {
    // A flag for the whole process (`--max-old-space-size`) cannot be given to a thread once more: it holds there anyway.
    if (systemCode(error) === 'ERR_WORKER_INVALID_EXEC_ARGV') return new Piscina(options)
    throw error
  }
}
