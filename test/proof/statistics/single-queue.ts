// One server, one queue, first come first served: what every request has to wait, from arrivals and service times (Lindley's
// recursion), and what theory says of it when both are exponential (M/M/1).

import type { Random } from '../../../src/core/random.ts'
import { ascending, quantileOf } from './quantile.ts'

/** Wait + service of each request: Wᵢ₊₁ = max(0, Wᵢ + Sᵢ − (Aᵢ₊₁ − Aᵢ)), W₀ = 0. Arrivals ascending; same unit everywhere. */
export function sojournTimes(arrivals: Float64Array, services: Float64Array): Float64Array {
  const times = new Float64Array(arrivals.length)
  let wait = 0
  for (let index = 0; index < arrivals.length; index++) {
    const service = services[index]!
    times[index] = wait + service
    const gap = index + 1 < arrivals.length ? arrivals[index + 1]! - arrivals[index]! : 0
    wait = Math.max(0, wait + service - gap)
  }
  return times
}

export interface QueueRates {
  /** Requests per second. */
  readonly arrivals: number
  readonly services: number
}

/** Quantile of the time in an M/M/1 queue, seconds: −ln(1 − p) ÷ (μ − λ). */
export function theoreticalQuantile({ arrivals, services }: QueueRates, percentile: number): number {
  return -Math.log(1 - percentile / 100) / (services - arrivals)
}

/**
 * The band in which 95 % of the quantiles of `requests` requests lie, seconds, by simulation: requests of a queue are not
 * independent, so no formula for independent samples holds.
 */
export function simulatedBand(rates: QueueRates, requests: number, percentile: number, random: Random, runs = 400): readonly [number, number] {
  const quantiles = Array.from({ length: runs }, () => quantileOf(simulate(rates, requests, random).sort(), percentile))
  const sorted = ascending(quantiles)
  return [quantileOf(sorted, 2.5), quantileOf(sorted, 97.5)]
}

/** Begins empty, as the server of a race does. */
function simulate({ arrivals, services }: QueueRates, requests: number, random: Random): Float64Array {
  const at = new Float64Array(requests)
  const service = new Float64Array(requests)
  let now = 0
  for (let request = 0; request < requests; request++) {
    now += exponential(arrivals, random)
    at[request] = now
    service[request] = exponential(services, random)
  }
  return sojournTimes(at, service)
}

function exponential(rate: number, random: Random): number {
  return -Math.log(1 - random()) / rate
}
