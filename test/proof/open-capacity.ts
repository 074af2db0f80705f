// How much open load node and machine bear: the rate up to which the barest client sees the node's own times as it does at a light load. What clients in a
// closed loop reach is no measure of it: there, all that wait are answered together, and that they wait costs nobody anything.

import { bareLoad, warmUp, type SteadyLoad } from './bare-load.ts'
import { truthTimes, withNode, type CalibratedNode, type Orders } from './calibrated-node.ts'
import { quantileOf } from './statistics/quantile.ts'

const FIRST_PER_SECOND = 1000
const STEP = 1.25
/** Ends the climb on a machine that is faster than any that was seen. */
const MOST_PER_SECOND = 50_000
const SECONDS = 1

/** Requests per second up to which half of all are seen at most `slackMs` later than at a light load. `intervalSeconds`: of each client. */
export async function openCapacity(orders: Orders, intervalSeconds: number, slackMs: number): Promise<number> {
  return withNode(orders, async (node) => {
    await warmUp(node)
    let perSecond = FIRST_PER_SECOND
    const loadOf = (rate: number): SteadyLoad => ({ clients: Math.round(rate * intervalSeconds), perSecond: rate, seconds: SECONDS })
    const limitMs = (await overMs(node, loadOf(perSecond))) + slackMs
    for (let next = perSecond * STEP; next <= MOST_PER_SECOND; next *= STEP) {
      const load = loadOf(next)
      // Once more: others may have come between.
      if ((await overMs(node, load)) > limitMs && (await overMs(node, load)) > limitMs) break
      perSecond = next
    }
    return perSecond
  })
}

/** By how much half of all requests are seen later than the node says, at least. */
async function overMs(node: CalibratedNode, load: SteadyLoad): Promise<number> {
  await node.clearTruth()
  const times = await bareLoad(node, load)
  return quantileOf(times, 50) - quantileOf(truthTimes(await node.truth()), 50)
}
