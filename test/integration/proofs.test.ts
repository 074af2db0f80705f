// The small edition of `npm run proof`: what must hold on a machine of any speed. No wait is hidden, however late everybody is; nothing is
// added to what is not late; counts are exact. How close the figures come is what `npm run proof` measures on a machine of its own.

import assert from 'node:assert/strict'
import { test } from 'node:test'
import { truthTimes, withNode } from '../proof/calibrated-node.ts'
import { raceWithStep } from '../proof/clock-step.ts'
import { fakeTimeLibrary } from '../proof/installed.ts'
import { measure } from '../proof/load.ts'
import { dueTimes } from '../proof/single-queue.ts'
import { ascending, quantileOf } from '../proof/statistics/quantile.ts'
import { sojournTimes } from '../proof/statistics/single-queue.ts'

const PERCENTILES = [1, 10, 25, 50, 75, 90, 95, 99, 100]
/** A histogram's own error. */
const EXACT = 0.999

for (const delay of ['exponential:20', 'bimodal:5,40,0.2', 'lognormal:15,0.5']) {
  test(`no quantile is below that of the ${delay.split(':')[0]} delays that the node kept to, and no request is lost`, async () => {
    await withNode({ delay }, async (node) => {
      const { normal, account } = await measure(node, { isCold: true, clients: 32, perSecond: 200, iterations: 10 })
      const truth = await node.truth()
      assert.deepEqual([account.normal.ok, truth.delays.length], [320, 320])
      const delays = ascending([...truth.delays])
      for (const p of PERCENTILES) assert.ok(normal.serviceTime.percentile(p) >= quantileOf(delays, p) * EXACT, `p${p}`)
    })
  })
}

test('one queue: waiting is charged in full, as Lindley\'s recursion has it from due times and service times alone', async () => {
  const load = { isCold: true, clients: 64, perSecond: 80, schedule: 'poisson', seconds: 5, seed: 'queue' } as const
  await withNode({ delay: 'exponential:10', queue: 'fifo' }, async (node) => {
    const { normal } = await measure(node, load)
    const { delays } = await node.truth()
    // Requests due just before the end are not sent any more by a driver that is late.
    const due = dueTimes(load).subarray(0, delays.length)
    const expected = mean(sojournTimes(due, delays))
    assert.ok(delays.length > 300)
    assert.ok(normal.latency.mean >= expected * EXACT, `${normal.latency.mean} of ${expected}`)
    assert.ok(expected > 1.5 * mean(delays), 'the queue was no queue')
  })
})

test('a stall of 0.4 s is in the latency of all requests that fell due in it', async () => {
  await withNode({ delay: 'fixed:0', faults: ['stall:at=1000,for=400'] }, async (node) => {
    const { normal } = await measure(node, { isCold: true, clients: 8, perSecond: 100, iterations: 25 })
    // 40 of 200 requests wait between 0 and 0.4 s: 5 % of them, ten, wait for 0.3 s and more.
    assert.ok(normal.latency.percentile(95) >= 290, String(normal.latency.percentile(95)))
    assert.ok(normal.latency.max >= 390)
  })
})

test('early twin: a request that left when it was due takes its service time and the driver\'s lateness, and no more', async () => {
  await withNode({ delay: 'fixed:5' }, async (node) => {
    const { normal } = await measure(node, { isCold: true, clients: 16, perSecond: 20, iterations: 4 })
    const { latency, serviceTime, sendDelay } = normal
    // Means add up whatever the machine does; where a client was still busy, latency may only be more.
    const sum = serviceTime.mean + sendDelay.mean
    if (sendDelay.count === latency.count) assert.ok(Math.abs(latency.mean - sum) < 1e-6, `${latency.mean} ${sum}`)
    else assert.ok(latency.mean > serviceTime.mean)
  })
})

test('late twin: one client that cannot keep up is charged for all that piled up', async () => {
  await withNode({ delay: 'fixed:20' }, async (node) => {
    const { normal } = await measure(node, { isCold: true, clients: 1, perSecond: 100, iterations: 100 })
    // The i-th is done after 20·(i + 1) ms at the soonest and was due at 10·i ms.
    const soonest = ascending(Array.from({ length: 100 }, (_, index) => 20 + 10 * index))
    for (const p of PERCENTILES) assert.ok(normal.latency.percentile(p) >= quantileOf(soonest, p) * EXACT, `p${p}`)
    assert.ok(normal.serviceTime.percentile(50) < normal.latency.percentile(50) / 2)
    // Its own lateness is not the driver's: only the first request found its client free.
    assert.equal(normal.sendDelay.count, 1)
  })
})

test('nothing falls due, or nothing succeeds: counts, times and examples are right', async () => {
  await withNode({ delay: 'fixed:5', faults: ['fail:status=503'] }, async (node) => {
    const nothing = await measure(node, { isCold: true, clients: 1, perSecond: 1 / 3600, schedule: 'poisson', seconds: 1 })
    assert.equal(nothing.account.normal.started, 0)
    assert.ok(Number.isNaN(nothing.normal.latency.percentile(99)))
    assert.ok(nothing.measuredElapsedSeconds >= 1)
    const failing = await measure(node, { isCold: true, clients: 4, perSecond: 100, iterations: 25 })
    assert.deepEqual([failing.account.normal.ok, failing.account.normal.failed, failing.errors.length], [0, { 'http-503': 100 }, 1])
    assert.equal(failing.normal.latency.count, 100)
    assert.ok(failing.normal.serviceTime.min >= 5 * EXACT)
    assert.ok(truthTimes(await node.truth()).length === 100)
  })
})

test('a wall clock that is set by an hour in the middle of a race changes no figure of it', async (t) => {
  const library = fakeTimeLibrary()
  if (library === null && process.env['RALLY_REQUIRE_TOOLS'] !== '1') return t.skip('faketime is not installed')
  assert.ok(library !== null, 'faketime is not installed')
  for (const step of ['+3600', '-3600']) {
    const { code, task } = await raceWithStep(library, step)
    // 97: a machine so busy that the driver itself was late.
    assert.ok(code === 0 || code === 97, String(code))
    assert.equal(task?.account.normal.ok, 500)
    assert.ok(task.elapsed_seconds >= 4.9 && task.elapsed_seconds < 600, String(task.elapsed_seconds))
    assert.ok(task.latency['100_0']! < 600_000 && task.service_time['50_0']! >= 5 * EXACT)
  }
})

function mean(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length
}
