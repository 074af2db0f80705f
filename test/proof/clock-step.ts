// Proof 11, the wall clock: it jumps by an hour in the middle of a race, forwards and back, and nothing of what is measured changes.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import type { HttpEngine } from '../../src/target/target-options.ts'
import { bareRoundTripMs } from './bare-round-trip.ts'
import { withNode, type CalibratedNode } from './calibrated-node.ts'
import { RaceHome, searches, type TaskFigures } from './cli-race.ts'
import { fakeTimeLibrary, missing } from './installed.ts'
import { atMost, exactly, near, type Proven } from './proven.ts'

const [CLIENTS, PER_SECOND, SECONDS] = [4, 100, 5]
const REQUESTS = PER_SECOND * SECONDS
const TASK = searches('stepped', { clients: CLIENTS, iterations: REQUESTS / CLIENTS, 'target-throughput': PER_SECOND })

export interface SteppedRace {
  readonly code: number | null
  readonly task: TaskFigures | undefined
}

export async function clockStep(engine: HttpEngine): Promise<Proven[]> {
  const library = fakeTimeLibrary()
  if (library === null) return [missing('a clock that jumps by an hour', 'faketime')]
  const proven: Proven[] = []
  const floorMs = await bareRoundTripMs('fixed:5', PER_SECOND)
  for (const [words, step] of [
    ['forwards', '+3600'],
    ['back', '-3600']
  ] as const) {
    const { code, task } = await raceWithStep(library, step, engine)
    const name = `clock set ${words} by an hour while 100/s are sent for 5 s`
    proven.push(
      exactly(`${name}: exit code`, '', { expected: 0, measured: code ?? Number.NaN }),
      exactly(`${name}: requests`, '', { expected: REQUESTS, measured: task?.account.normal.ok ?? Number.NaN }),
      near(`${name}: duration`, 's', { expected: SECONDS, measured: task?.elapsed_seconds ?? Number.NaN }, 0.1),
      near(`${name}: service time p50`, 'ms', { expected: 5.05 + floorMs, measured: task?.service_time['50_0'] ?? Number.NaN }, 0.5),
      atMost(`${name}: latency max`, 'ms', task?.latency['100_0'] ?? Number.NaN, 1000)
    )
  }
  return proven
}

/** A race of 500 requests in 5 s, in the middle of which the wall clock is set. */
export async function raceWithStep(library: string, step: string, engine: HttpEngine = 'undici'): Promise<SteppedRace> {
  const home = new RaceHome([TASK], engine)
  const clock = join(home.folder, 'clock')
  writeFileSync(clock, '+0\n')
  const environment = { LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: clock, FAKETIME_NO_CACHE: '1', DONT_FAKE_MONOTONIC: '1' }
  try {
    return await withNode({ delay: 'fixed:5' }, async (node) => {
      const racing = home.race(node.port, 'stepped', { environment })
      await seen(node, REQUESTS / 2)
      writeFileSync(clock, `${step}\n`)
      const { code } = await racing
      return { code, task: home.document('stepped').results.op_metrics[0] }
    })
  } finally {
    home.remove()
  }
}

/** Until the node has answered so many requests. */
async function seen(node: CalibratedNode, requests: number): Promise<void> {
  const endAt = process.uptime() + 60
  while ((await node.truth()).answers.length < requests) {
    if (process.uptime() > endAt) throw new Error(`the race did not send ${requests} requests within 60 s`)
    await wait(100)
  }
}
