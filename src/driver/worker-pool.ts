// The worker threads of one race: as many as there are, started together, one job each until the race is over.

import { MessageChannel, type MessagePort } from 'node:worker_threads'
import { Piscina } from 'piscina'
import { RallyError, systemCode } from '../core/errors.ts'
import type { WorkerCommand, WorkerEvent, WorkerStart } from '../protocol/worker-messages.ts'

export interface WorkerPool {
  readonly size: number
  /** Ends a thread that cannot be asked any more; its listener is told that it died, and why. */
  kill(worker: number, why: RallyError): void
  send(command: WorkerCommand, worker?: number, transfer?: readonly ArrayBuffer[]): void
  /** Ends all jobs; threads that do not end by themselves within the deadline are terminated. */
  close(): Promise<void>
}

export interface WorkerListener {
  event(worker: number, event: WorkerEvent): void
  /** A job ended, though it was not told to. */
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
    port1.on('message', (event: WorkerEvent) => listener.event(worker, event))
    try {
      await pool.run({ start, port: port2 }, { transferList: [port2], signal: killers[worker]!.signal })
      if (!isClosing) listener.died(worker, new RallyError('node', `worker ${worker} ended before the race did`))
    } catch (error) {
      const { signal } = killers[worker]!
      if (!isClosing) listener.died(worker, signal.aborted ? signal.reason : error)
    } finally {
      port1.close()
    }
  })
  return {
    size: starts.length,
    send: (command, worker, transfer = []) => {
      if (worker === undefined) for (const port of ports) port.postMessage(command)
      else ports[worker]?.postMessage(command, transfer)
    },
    kill: (worker, why) => killers[worker]?.abort(why),
    close: async () => {
      isClosing = true
      for (const port of ports) port.postMessage({ t: 'finish' } satisfies WorkerCommand)
      const deadline = new Promise<void>((resolve) => setTimeout(resolve, CLOSE_DEADLINE_MS).unref())
      await Promise.race([Promise.allSettled(jobs), deadline])
      await pool.destroy()
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
