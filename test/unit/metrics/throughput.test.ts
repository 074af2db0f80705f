import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { JsonObject, JsonValue } from '../../../src/core/json.ts'
import type { SampleType, SecondFigures } from '../../../src/metrics/measurement.ts'
import { ThroughputCalculator, cumulativeThroughput, perSecondThroughput, type ThroughputSample } from '../../../src/metrics/throughput.ts'
import { exactVectors, failuresOf } from '../../exact-vectors.ts'

function sampleOf(raw: JsonObject): ThroughputSample {
  return {
    task: String(raw['task']),
    absoluteTime: Number(raw['absolute_time']),
    relativeTime: Number(raw['relative_time']),
    timePeriod: Number(raw['time_period']),
    sampleType: raw['type'] as SampleType,
    work: Number(raw['ops']),
    unit: String(raw['unit']),
    reported: raw['throughput'] === undefined || raw['throughput'] === null ? null : Number(raw['throughput'])
  }
}

/** Numbers as doubles: whether Python had an int or a float does not matter here. */
const plain = (value: JsonValue): unknown => JSON.parse(JSON.stringify(value))

test('the calculator gives Elastic Rally’s values, batch by batch', () => {
  const cases = exactVectors('throughput.json').filter((vector) => vector.kind === 'throughput')
  assert.ok(cases.length > 0)
  assert.deepEqual(
    failuresOf(cases, ({ input, expected }) => {
      const calculator = new ThroughputCalculator(Number(input['bucket_interval'] ?? 1))
      const perBatch = (input['batches'] as readonly (readonly JsonObject[])[]).map((batch) =>
        Object.fromEntries(
          [...calculator.calculate(batch.map(sampleOf))].map(([task, values]) => [
            task,
            values.map(({ absoluteTime, relativeTime, sampleType, value, unit }) => [
              absoluteTime,
              relativeTime,
              sampleType,
              Number.isNaN(value) ? null : value,
              unit
            ])
          ])
        )
      )
      assert.deepEqual(perBatch, plain((expected as JsonObject)['per_batch'] ?? null))
    }),
    []
  )
})

const second = (at: number, work: number): SecondFigures => ({ second: at, sent: work, ok: work, failed: 0, work })

test('the cumulative mean carries the warm-up, the per-second series does not', () => {
  const seconds = [1000, 1000, 1000, 1000, 1000, 100, 100, 100, 100, 100].map((work, at) => second(at, work))
  const cumulative = cumulativeThroughput({ seconds, firstNormalSecond: 5, elapsedSeconds: 10 })
  assert.deepEqual(
    cumulative.map((value) => Math.round(value * 1000) / 1000),
    [850, 742.857, 662.5, 600, 550]
  )
  const perSecond = perSecondThroughput({ seconds, measuredSeconds: { from: 5, to: 10 }, normalWork: 500, measuredElapsedSeconds: 5 })
  assert.deepEqual(perSecond, { min: 100, mean: 100, median: 100, max: 100, fullSeconds: 5 })
})

test('a second in which nothing ended counts as zero', () => {
  const seconds = [second(0, 10), second(2, 20), second(3, 30)]
  const perSecond = perSecondThroughput({ seconds, measuredSeconds: { from: 0, to: 4 }, normalWork: 60, measuredElapsedSeconds: 4 })
  assert.deepEqual(perSecond, { min: 0, mean: 15, median: 15, max: 30, fullSeconds: 4 })
  assert.deepEqual(cumulativeThroughput({ seconds, firstNormalSecond: 0, elapsedSeconds: 4.5 }), [10, 5, 10, 15])
})

test('fewer than three full seconds give work by time only', () => {
  const seconds = [second(0, 10), second(1, 20)]
  const perSecond = perSecondThroughput({ seconds, measuredSeconds: { from: 0, to: 2 }, normalWork: 30, measuredElapsedSeconds: 2.5 })
  assert.deepEqual(perSecond, { min: null, mean: 12, median: null, max: null, fullSeconds: 2 })
  assert.deepEqual(perSecondThroughput({ seconds: [], measuredSeconds: null, normalWork: 0, measuredElapsedSeconds: 0 }).mean, null)
})

test('a task shorter than a second has one cumulative value, one without normal samples none', () => {
  assert.deepEqual(cumulativeThroughput({ seconds: [second(0, 30)], firstNormalSecond: 0, elapsedSeconds: 0.5 }), [60])
  assert.deepEqual(cumulativeThroughput({ seconds: [second(0, 30)], firstNormalSecond: null, elapsedSeconds: 0.5 }), [])
})

test('for samples that end on whole seconds the calculator and the per-second form agree', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 0, max: 1000 }), { minLength: 1, maxLength: 20 }), (works) => {
      // A sample at exactly k+1 seconds closes second k.
      const samples = works.map((work, at): ThroughputSample => ({
        task: 't',
        absoluteTime: 1000 + at + 1,
        relativeTime: at,
        timePeriod: at + 1,
        sampleType: 'normal',
        work,
        unit: 'docs',
        reported: null
      }))
      const values = new ThroughputCalculator().calculate(samples).get('t') ?? []
      const seconds = works.map((work, at) => second(at, work))
      const cumulative = cumulativeThroughput({ seconds, firstNormalSecond: 0, elapsedSeconds: works.length })
      assert.deepEqual(
        values.map(({ value }) => value),
        cumulative
      )
    })
  )
})
