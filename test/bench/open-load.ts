// How many requests a second each engine sends on time, by due times, on a server that takes its time: hundreds are in flight, and what an engine
// makes for each of them is garbage that has to be looked through while others are due.

import { driverCapacity } from '../proof/driver-capacity.ts'
import type { HttpEngine } from '../../src/target/target-options.ts'
import { atLeast, inTurn, type Measured } from './measure.ts'

const BOUNDS = { fromPerSecond: 32_000, leastPerSecond: 500, intervalSeconds: 0.15 }
const ROUNDS = 3

export async function openLoad(budget: number): Promise<Measured> {
  const borne = (engine: HttpEngine): Promise<number> => driverCapacity({ delay: 'fixed:40' }, engine, BOUNDS)
  const both = await inTurn(
    ROUNDS,
    () => borne('lean'),
    () => borne('undici')
  )
  return atLeast('server of 40 ms: load sent on time, lean against undici', 'req/s', both, budget)
}
