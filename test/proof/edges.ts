// Proof 11: the edges of a measurement: where the warm-up ends, less than a request a second, none at all, none that succeeds.

import type { HttpEngine } from '../../src/target/target-options.ts'
import { bareRoundTripMs } from './bare-round-trip.ts'
import { withNode } from './calibrated-node.ts'
import { measure } from './load.ts'
import { atMost, exactly, near, type Proven } from './proven.ts'

export async function edges(engine: HttpEngine): Promise<Proven[]> {
  return [
    ...(await warmUpBoundary(engine)),
    ...(await lessThanOnePerSecond(engine)),
    ...(await noSample(engine)),
    ...(await allErrors(engine))
  ]
}

async function warmUpBoundary(engine: HttpEngine): Promise<Proven[]> {
  const { account, measuredSeconds } = await withNode({ delay: 'fixed:2' }, (node) =>
    measure(node, { engine, clients: 4, perSecond: 100, warmupSeconds: 2, seconds: 3 })
  )
  return [
    exactly('warm-up of 2 s at 100/s: requests that do not count', '', { expected: 200, measured: account.warmup.ok }),
    exactly('warm-up of 2 s, then 3 s at 100/s: requests that count', '', { expected: 300, measured: account.normal.ok }),
    exactly('warm-up of 2 s: first second that is measured', 's', { expected: 2, measured: measuredSeconds?.from ?? Number.NaN }),
    exactly('warm-up of 2 s, then 3 s: seconds that are measured', 's', {
      expected: 3,
      measured: (measuredSeconds?.to ?? Number.NaN) - (measuredSeconds?.from ?? 0)
    })
  ]
}

async function lessThanOnePerSecond(engine: HttpEngine): Promise<Proven[]> {
  return withNode({ delay: 'fixed:2' }, async (node) => {
    const { account, normal } = await measure(node, { engine, clients: 2, perSecond: 0.8, seconds: 5 })
    const { arrivals } = await node.truth()
    const off = Array.from(arrivals.subarray(1), (arrival, index) => Math.abs(arrival - arrivals[index]! - 1250))
    return [
      exactly('0.8 requests a second for 5 s: requests', '', { expected: 4, measured: account.normal.ok }),
      exactly('0.8 requests a second: samples in the histogram', '', { expected: 4, measured: normal.latency.count }),
      atMost('0.8 requests a second: distance of 1,250 ms off by at most', 'ms', Math.max(...off), 5)
    ]
  })
}

/** The first gap of a poisson schedule of one request an hour is longer than the task. */
async function noSample(engine: HttpEngine): Promise<Proven[]> {
  const { account, normal, measuredElapsedSeconds } = await withNode({ delay: 'fixed:2' }, (node) =>
    measure(node, { engine, clients: 1, perSecond: 1 / 3600, schedule: 'poisson', seconds: 2 })
  )
  return [
    exactly('no request falls due in 2 s: requests started', '', { expected: 0, measured: account.normal.started }),
    exactly('no request falls due: samples that give a latency', '', {
      expected: 0,
      measured: [50, 99, 100].filter((p) => !Number.isNaN(normal.latency.percentile(p))).length
    }),
    near('no request falls due in 2 s: the task lasts all the same', 's', { expected: 2, measured: measuredElapsedSeconds }, 0.1)
  ]
}

async function allErrors(engine: HttpEngine): Promise<Proven[]> {
  const floorMs = await bareRoundTripMs('fixed:5', 100)
  const { account, normal, errors } = await withNode({ delay: 'fixed:5', faults: ['fail:status=503'] }, (node) =>
    measure(node, { engine, clients: 4, perSecond: 100, seconds: 2 })
  )
  const failed = account.normal.failed['http-503'] ?? 0
  return [
    exactly('every answer is a 503: failed requests', '', { expected: 200, measured: failed }),
    exactly('every answer is a 503: requests that succeeded', '', { expected: 0, measured: account.normal.ok }),
    exactly('every answer is a 503: answers whose latency is known', '', { expected: 200, measured: normal.latency.count }),
    near(
      'every answer is a 503 after 5 ms: service time p50',
      'ms',
      { expected: 5.05 + floorMs, measured: normal.serviceTime.percentile(50) },
      0.3
    ),
    exactly('every answer is a 503: examples of errors that are kept', '', { expected: 1, measured: errors.length })
  ]
}
