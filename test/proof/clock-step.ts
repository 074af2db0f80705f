// Proof 11, the wall clock: it jumps by an hour in the middle of a race, forwards and back, and nothing of what is measured changes.

import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { withNode, type CalibratedNode } from './calibrated-node.ts'
import { RaceHome, searches } from './cli-race.ts'
import { fakeTimeLibrary, missing } from './installed.ts'
import { atMost, exactly, near, type Proven } from './proven.ts'

const [PER_SECOND, SECONDS] = [100, 5]
const TASK = searches('stepped', { clients: 4, 'time-period': SECONDS, 'target-throughput': PER_SECOND })

export async function clockStep(): Promise<Proven[]> {
  const library = fakeTimeLibrary()
  if (library === null) return [missing('a clock that jumps by an hour', 'faketime')]
  const proven: Proven[] = []
  for (const [words, step] of [['forwards', '+3600'], ['back', '-3600']] as const) proven.push(...(await stepped(library, words, step)))
  return proven
}

async function stepped(library: string, words: string, step: string): Promise<Proven[]> {
  const home = new RaceHome([TASK])
  const clock = join(home.folder, 'clock')
  writeFileSync(clock, '+0\n')
  const environment = { LD_PRELOAD: library, FAKETIME_TIMESTAMP_FILE: clock, FAKETIME_NO_CACHE: '1', DONT_FAKE_MONOTONIC: '1' }
  try {
    return await withNode({ delay: 'fixed:5' }, async (node) => {
      const racing = home.race(node.port, 'stepped', { environment })
      await seen(node, (PER_SECOND * SECONDS) / 2)
      writeFileSync(clock, `${step}\n`)
      const { code } = await racing
      const task = home.document('stepped').results.op_metrics[0]
      const name = `clock set ${words} by an hour while 100/s are sent for 5 s`
      return [
        exactly(`${name}: exit code`, '', { expected: 0, measured: code ?? Number.NaN }),
        exactly(`${name}: requests`, '', { expected: PER_SECOND * SECONDS, measured: task?.account.normal.ok ?? Number.NaN }),
        near(`${name}: duration`, 's', { expected: SECONDS, measured: task?.elapsed_seconds ?? Number.NaN }, 0.1),
        near(`${name}: service time p50`, 'ms', { expected: 5.3, measured: task?.service_time['50_0'] ?? Number.NaN }, 0.5),
        atMost(`${name}: latency max`, 'ms', task?.latency['100_0'] ?? Number.NaN, 1000)
      ]
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
