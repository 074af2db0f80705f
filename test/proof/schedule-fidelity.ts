// Proof 6: requests leave when the schedule says, at the rate that was asked for, spread as it was asked for, whatever the number of workers.

import type { HttpEngine } from '../../src/target/target-options.ts'
import { withNode } from './calibrated-node.ts'
import { measure, type Load } from './load.ts'
import { atMost, near, type Proven } from './proven.ts'
import { dueTimes } from './single-queue.ts'
import { criticalDistance, distanceFrom } from './statistics/kolmogorov-smirnov.ts'
import { ascending, medianOf } from './statistics/quantile.ts'

type Throttled = Load & { readonly perSecond: number; readonly seconds: number; readonly seed: string }

const EVEN: Throttled = { clients: 8, perSecond: 500, seconds: 10, seed: 'even' }
const POISSON: Throttled = { clients: 32, perSecond: 100, seconds: 20, seed: 'poisson', schedule: 'poisson' }
const PHASES: Throttled = { clients: 8, perSecond: 8, seconds: 5, seed: 'phases' }

export async function scheduleFidelity(engine: HttpEngine): Promise<Proven[]> {
  return [...(await rates(engine)), ...(await arrivalsOf(engine)), ...(await phases(engine)), ...(await onTime(engine))]
}

async function rates(engine: HttpEngine): Promise<Proven[]> {
  const proven: Proven[] = []
  for (const workers of [1, 4]) {
    const { account, seconds } = await withNode({ delay: 'fixed:1' }, (node) => measure(node, { ...EVEN, engine, workers }))
    const wanted = EVEN.perSecond * EVEN.seconds
    const name = `schedule, 500/s, ${workers} worker${workers === 1 ? '' : 's'}`
    proven.push(near(`${name}: requests in 10 s`, '', { expected: wanted, measured: account.normal.started }, wanted * 0.001))
    const off = seconds.filter(({ second, sent }) => second < EVEN.seconds && Math.abs(sent - EVEN.perSecond) > 1 + EVEN.perSecond * 0.01)
    proven.push(atMost(`${name}: seconds off their rate by more than 1 % and a request`, '', off.length, 0))
  }
  return proven
}

async function arrivalsOf(engine: HttpEngine): Promise<Proven[]> {
  const arrivals = await arrivalTimes({ ...POISSON, engine })
  const limit = criticalDistance(arrivals.length)
  const planned = dueTimes({ ...POISSON, seconds: 200 })
  return [
    atMost('schedule, poisson at 100/s: KS distance of arrivals from an exponential (99 %)', '', exponentialDistance(arrivals, 10), limit),
    atMost(
      `schedule, poisson: the same of ${planned.length} due times (99 %)`,
      '',
      exponentialDistance(planned, 10),
      criticalDistance(planned.length)
    )
  ]
}

/** Client i of 8 starts at i/8 of its second: together one request every 125 ms. */
async function phases(engine: HttpEngine): Promise<Proven[]> {
  const arrivals = await arrivalTimes({ ...PHASES, engine })
  // The two clocks have no common start, and the first request of a step finds everything cold: the median is taken as on time.
  const late = Array.from(arrivals, (arrival, index) => arrival - index * 125)
  const usual = medianOf(late)
  const off = late.map((ms) => Math.abs(ms - usual))
  return [
    atMost('schedule, 8 clients of 1/s each: arrival off its eighth of a second, median', 'ms', medianOf(off), 1),
    atMost('schedule, 8 clients of 1/s each: the same, of the first round, largest', 'ms', Math.max(...off.slice(0, 8)), 10)
  ]
}

/** The same due times with any number of workers, met as well. */
async function onTime(engine: HttpEngine): Promise<Proven[]> {
  const load: Throttled = { clients: 16, perSecond: 200, seconds: 5, seed: 'on time', schedule: 'poisson' }
  const due = dueTimes(load)
  const proven: Proven[] = []
  for (const workers of [1, 2, 4]) {
    const arrivals = await arrivalTimes({ ...load, engine, workers })
    const name = `schedule, poisson at 200/s, ${workers} worker${workers === 1 ? '' : 's'}`
    proven.push(near(`${name}: requests, of those due`, '', { expected: due.length, measured: arrivals.length }, 0))
    // The two clocks have no common start: the request that came soonest is taken as on time.
    const late = Array.from(arrivals, (arrival, index) => arrival - (due[index] ?? Number.NaN))
    const soonest = Math.min(...late)
    proven.push(atMost(`${name}: arrival after its due time, median`, 'ms', medianOf(late.map((ms) => ms - soonest)), 1))
  }
  return proven
}

async function arrivalTimes(load: Throttled): Promise<Float64Array> {
  return withNode({ delay: 'fixed:1' }, async (node) => {
    await measure(node, load)
    return (await node.truth()).arrivals
  })
}

function exponentialDistance(times: Float64Array, meanMs: number): number {
  const gaps = ascending(Array.from(times.subarray(1), (time, index) => time - times[index]!))
  return distanceFrom(gaps, (gap) => 1 - Math.exp(-gap / meanMs))
}
