// How much open load a load generator of one worker bears by its own word: up to where it sends on time.

import type { HttpEngine } from '../../src/target/target-options.ts'
import { HEALTH_LIMITS } from '../helpers/health-limits.ts'
import { warmUp } from './bare-load.ts'
import { withNode, type CalibratedNode, type Orders } from './calibrated-node.ts'
import { measure } from './load.ts'

const STEP = 0.75
const SECONDS = 2
/** Connections are opened, and code is compiled, before it counts. */
const WARM_UP_SECONDS = 2

/** Of what was due: the last ones fall due at the end. */
const SENT_SHARE = 0.99
/** Of all requests: those of clients that were still busy tell of no delay. */
const TOLD_SHARE = 0.5

interface Bounds {
  readonly fromPerSecond: number
  readonly leastPerSecond: number
  readonly intervalSeconds: number
}

/**
 * Requests per second: the first rate, going down from `fromPerSecond` in steps of a quarter, that is sent, and 99 of 100 within what Rally's own judge of the
 * load generator allows; 0 if there is none down to `leastPerSecond`. `intervalSeconds`: between two requests of a client.
 */
export function driverCapacity(orders: Orders, engine: HttpEngine, bounds: Bounds): Promise<number> {
  return withNode(orders, async (node) => {
    await warmUp(node)
    return firstBorne(node, engine, bounds)
  })
}

async function firstBorne(
  node: CalibratedNode,
  engine: HttpEngine,
  { fromPerSecond, leastPerSecond, intervalSeconds }: Bounds
): Promise<number> {
  const isBorne = async (perSecond: number): Promise<boolean> => {
    const load = { clients: Math.round(perSecond * intervalSeconds), perSecond, seconds: SECONDS, warmupSeconds: WARM_UP_SECONDS }
    const { normal, account } = await measure(node, { ...load, engine, isCold: true })
    const { started } = account.normal
    const isSent = started >= SENT_SHARE * perSecond * SECONDS && normal.sendDelay.count >= TOLD_SHARE * started
    return isSent && normal.sendDelay.percentile(99) <= HEALTH_LIMITS.sendDelayP99Ms
  }
  for (let perSecond = fromPerSecond; perSecond >= leastPerSecond; perSecond *= STEP) {
    // Twice: once may be luck.
    if ((await isBorne(perSecond)) && (await isBorne(perSecond))) return perSecond
  }
  return 0
}
