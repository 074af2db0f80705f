// What every benchmark gives back, and how the other side of it is started and asked.

import { fork, type ChildProcess } from 'node:child_process'

export interface Measured {
  readonly name: string
  readonly unit: string
  readonly ours: number
  readonly peer: number
  /** ours ÷ peer, or ours where the budget is absolute. */
  readonly ratio: number
  readonly budget: number
  readonly ok: boolean
}

export interface BenchServer {
  readonly host: string
  readonly port: number
  delay(ms: number): void
  stall(ms: number): void
  gzip(isOn: boolean): void
  /** Delays of all answers since the last call, ms, by the server's own clock. */
  delays(): Promise<readonly number[]>
  close(): void
}

export async function startBenchServer(): Promise<BenchServer> {
  const child = fork(new URL('./bench-server.js', import.meta.url), { execArgv: [] })
  const { port } = (await nextMessage(child)) as { port: number }
  return {
    host: '127.0.0.1',
    port,
    delay: (ms) => void child.send({ delayMs: ms }),
    stall: (ms) => void child.send({ stallMs: ms }),
    gzip: (isOn) => void child.send({ gzip: isOn }),
    delays: async () => {
      child.send({ report: true })
      return ((await nextMessage(child)) as { delays: number[] }).delays
    },
    close: () => child.disconnect()
  }
}

function nextMessage(child: ChildProcess): Promise<unknown> {
  return new Promise((resolve, reject) => {
    child.once('message', resolve)
    child.once('exit', () => reject(new Error('the benchmark server ended')))
  })
}

/** CPU seconds, user and system, of this process with all its threads while `act` runs. */
export async function cpuSeconds(act: () => Promise<unknown>): Promise<number> {
  const before = process.cpuUsage()
  await act()
  const { user, system } = process.cpuUsage(before)
  return (user + system) / 1e6
}

/** Runs the two in turn and gives the median of each: the machine's speed drifts. */
export async function inTurn(
  rounds: number,
  ours: () => Promise<number>,
  peer: () => Promise<number>
): Promise<{ ours: number; peer: number }> {
  const mine: number[] = []
  const theirs: number[] = []
  for (let round = 0; round < rounds; round++) {
    mine.push(await ours())
    theirs.push(await peer())
  }
  return { ours: median(mine), peer: median(theirs) }
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b)
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN
}

/** A ratio that must not exceed its budget. */
export function atMost(name: string, unit: string, { ours, peer }: { ours: number; peer: number }, budget: number): Measured {
  return { name, unit, ours, peer, ratio: ours / peer, budget, ok: ours / peer <= budget }
}

/** A ratio that must reach its budget. */
export function atLeast(name: string, unit: string, { ours, peer }: { ours: number; peer: number }, budget: number): Measured {
  return { name, unit, ours, peer, ratio: ours / peer, budget, ok: ours / peer >= budget }
}

/** A figure of ours that must not exceed an absolute budget; `peer` is what it is compared with. */
export function absolute(name: string, unit: string, { ours, peer }: { ours: number; peer: number }, budget: number): Measured {
  return { name, unit, ours, peer, ratio: ours, budget, ok: ours <= budget }
}
