import assert from 'node:assert/strict'
import { mkdtempSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import fc from 'fast-check'
import { exactDistribution } from '../../../src/metrics/exact-distribution.ts'
import { REPORTED_PERCENTILES } from '../../../src/metrics/percentile.ts'
import { exactFigures } from '../../../src/results/exact-figures.ts'
import { findResults } from '../../../src/results/read-results.ts'
import { makeResults, plainRow, TASKS, temporaryFolder } from '../../helpers/node-results.ts'

const base = temporaryFolder()
const sample = fc.record({ task: fc.nat(2), normal: fc.nat(1), serviceNs: fc.oneof(fc.nat(3000), fc.nat(2 ** 31)), isLate: fc.boolean() }, { noNullPrototype: true })

test('every reported quantile is that of the sorted samples, to the nanosecond', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(sample, { minLength: 1, maxLength: 300 }), fc.integer({ min: 1, max: 100 }), async (samples, perChunk) => {
      const dir = mkdtempSync(join(base, 'x-'))
      const rows = samples.map(({ task, normal, serviceNs, isLate }) => plainRow({ task, normal, serviceNs, latencyNs: serviceNs * 2, processingNs: serviceNs + 5, sendDelayNs: isLate ? Number.NaN : serviceNs }))
      const chunks = Array.from({ length: Math.ceil(rows.length / perChunk) }, (_, index) => ({ rows: rows.slice(index * perChunk, (index + 1) * perChunk) }))
      await makeResults(dir, { chunks })
      const figures = await exactFigures((await findResults([join(dir, 'r')])).chunks, { percentiles: REPORTED_PERCENTILES, problem: assert.fail })
      for (const [index, task] of TASKS.entries()) {
        const own = samples.filter((one) => one.task === index && one.normal === 1)
        const { latency, sendDelay } = figures.get(task)!.normal
        same(latency, own.map((one) => (one.serviceNs * 2) / 1e6))
        same(sendDelay, own.filter((one) => !one.isLate).map((one) => one.serviceNs / 1e6))
      }
    }),
    { numRuns: 40 }
  )
})

function same(ours: { readonly count: number; readonly mean: number; percentile(percentile: number): number }, values: readonly number[]): void {
  const exact = exactDistribution(values)
  assert.equal(ours.count, exact.count)
  if (values.length === 0) return
  assert.ok(Math.abs(ours.mean - exact.mean) <= exact.mean * 1e-12)
  for (const percentile of REPORTED_PERCENTILES) {
    const [a, b] = [ours.percentile(percentile), exact.percentile(percentile)]
    assert.ok(Math.abs(a - b) <= 1e-6 + b * 1e-12, `p${percentile}: ${a} and ${b} of ${values.length}`)
  }
}
