import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject, JsonValue } from '../../../src/core/json.ts'
import { parseJson } from '../../../src/core/json-parse.ts'
import { objectAt, textAt } from '../../../src/core/json-path.ts'
import { bytesIn, bytesInOwnUnit, msToMinutes, msToSeconds } from '../../../src/core/units.ts'
import { storedRace, type StoredRace } from '../../../src/metrics/stored-race.ts'
import { comparisonFileText, comparisonJson, comparisonText, type ComparisonOptions } from '../../../src/report/comparison.ts'
import { differenceOf } from '../../../src/report/difference.ts'
import { assertSameText, exactVectors, failuresOf } from '../../exact-vectors.ts'

const cases = exactVectors('results.json')
const documents = new Map(
  cases.filter(({ kind }) => kind === 'race').map(({ name, expected }) => [name, String((expected as JsonObject)['race_json'])])
)

const raceNamed = (name: JsonValue | undefined, changes: JsonValue | undefined): StoredRace => {
  const document = parseJson(documents.get(String(name)) ?? 'null') as JsonObject
  const changed = ((changes ?? []) as readonly (readonly [readonly (string | number)[], JsonValue])[]).reduce<JsonValue>(
    (results, [path, value]) => withChange(results, path, value),
    objectAt(document, 'results')
  )
  return storedRace({ ...document, results: changed })
}

function withChange(value: JsonValue, [key, ...rest]: readonly (string | number)[], leaf: JsonValue): JsonValue {
  if (key === undefined) return leaf
  if (Array.isArray(value)) return value.map((item: JsonValue, at) => (at === key ? withChange(item, rest, leaf) : item))
  const object = value as JsonObject
  return { ...object, [key]: withChange(object[key] ?? null, rest, leaf) }
}

function optionsOf(variant: JsonObject): ComparisonOptions {
  return {
    format: variant['format'] as 'markdown' | 'csv',
    numbersAlign: (textAt(variant, 'align') ?? 'decimal') as ComparisonOptions['numbersAlign'],
    showProcessingTime: String(variant['processing_time'] ?? false) === 'true',
    ownFigures: false,
    color: true
  }
}

test('the comparison is Elastic Rally’s, byte for byte, on the console and in the file', () => {
  const comparisons = cases.filter(({ kind }) => kind === 'compare')
  assert.ok(comparisons.length > 0)
  assert.deepEqual(
    failuresOf(comparisons, ({ input, expected }) => {
      const changes = objectAt(input, 'changes')
      const [baseline, contender] = [raceNamed(input['baseline'], changes['baseline']), raceNamed(input['contender'], changes['contender'])]
      const options = optionsOf(objectAt(input, 'variant'))
      assertSameText(comparisonText(baseline, contender, options), textAt(expected, 'console') ?? '')
      assertSameText(comparisonFileText(baseline, contender, options), textAt(expected, 'file') ?? '')
    }),
    []
  )
})

const FORMATTERS: Readonly<Record<string, (value: number) => number>> = {
  identity: (value) => value,
  percent: (value) => value * 100,
  ms_to_seconds: msToSeconds,
  ms_to_minutes: msToMinutes,
  bytes_to_kb: (value) => bytesIn('KB', value),
  bytes_to_mb: (value) => bytesIn('MB', value),
  bytes_to_gb: (value) => bytesIn('GB', value),
  bytes_to_human_value: bytesInOwnUnit
}

test('differences have Elastic Rally’s digits and colours', () => {
  const differences = exactVectors('units-format.json').filter(({ kind }) => kind === 'compare-diff')
  assert.ok(differences.length > 0)
  assert.deepEqual(
    failuresOf(differences, ({ input, expected }) => {
      const convert = FORMATTERS[String(input['formatter'])]
      assert.ok(convert !== undefined)
      const higherIsBetter = input['increase_is_improvement'] === true
      const between = (color: boolean): readonly string[] => {
        const { absolute, percent } = differenceOf(Number(input['baseline']), Number(input['contender']), {
          convert,
          higherIsBetter,
          color
        })
        return [absolute, percent]
      }
      const wanted = (key: string): readonly (string | null)[] => [textAt(expected, key), textAt(expected, `${key}_percent`)]
      assert.deepEqual([between(false), between(true)], [wanted('plain'), wanted('rich')])
    }),
    []
  )
})

const PLAIN: ComparisonOptions = { format: 'csv', numbersAlign: 'decimal', showProcessingTime: false, ownFigures: false, color: false }
const race = (results: JsonValue | undefined): StoredRace =>
  storedRace({ 'race-id': 'r', 'race-timestamp': '20240102T030405Z', car: ['a', 'b'], ...(results === undefined ? {} : { results }) })

test('a race without results is compared as an empty one, transforms or not', () => {
  const withTransforms = race({ op_metrics: [], total_transform_throughput: [{ id: 't', mean: 1, unit: 'docs/s' }] })
  assert.equal(comparisonFileText(withTransforms, race(undefined), PLAIN), 'Metric,Task,Baseline,Contender,Diff,Unit,Diff %\r\n')
  assert.equal(comparisonFileText(race(undefined), withTransforms, PLAIN), 'Metric,Task,Baseline,Contender,Diff,Unit,Diff %\r\n')
})

test('without colours there is no escape in the text', () => {
  assert.ok(!comparisonText(race({ merge_count: 1 }), race({ merge_count: 2 }), PLAIN).includes('\u001b'))
  assert.match(
    comparisonText(race({ merge_count: 1 }), race({ merge_count: 2 }), PLAIN),
    /merge count of primary shards,,1,2,\+1\.00000,,\+100\.00%/
  )
})

test('throughput per second is compared where both races have it', () => {
  const results = (mean: number): JsonObject => ({
    op_metrics: [{ task: 't', throughput_per_second: { min: null, mean, median: mean, max: mean, unit: 'docs/s' } }]
  })
  const text = comparisonFileText(race(results(100)), race(results(150)), { ...PLAIN, ownFigures: true })
  assert.match(text, /\r\nMean Throughput \(per second\),t,100,150,\+50\.00000,docs\/s,\+50\.00%\r\n/)
  assert.ok(!text.includes('Min Throughput'))
})

test('a field with a total in the baseline is compared, one of the contender only if its total is more than nothing', () => {
  const usage = (field: string, value: number): JsonObject => ({ index: 'i', field, value, unit: 'byte' })
  const before = race({ disk_usage_total: [usage('old', 0)], disk_usage_points: [usage('old', 5)] })
  const after = race({ disk_usage_total: [usage('new', 0), usage('big', 7)], disk_usage_points: [usage('new', 5)] })
  const fields = comparisonFileText(before, after, PLAIN).split('\r\n').slice(1, -1)
  assert.deepEqual(fields.map((line) => line.split(',')[0]), ['i old points', 'i big total'])
})

test('races of several clusters are compared cluster by cluster', () => {
  const many = race([
    { cluster_name: 'b', merge_count: 1 },
    { cluster_name: 'a', merge_count: 2 }
  ])
  const text = comparisonText(many, race({ cluster_name: 'a', merge_count: 5 }), PLAIN)
  assert.ok(text.indexOf('[a]') < text.indexOf('[b]'))
  assert.match(text, /shards,,2,5,/)
})

test('JSON holds the same figures', () => {
  const document = JSON.parse(
    comparisonJson(race({ merge_count: 2, store_size: 1024 ** 3 }), race({ merge_count: 3, store_size: 1024 ** 3 }), PLAIN)
  ) as JsonObject
  assert.deepEqual(document['clusters'], [
    {
      cluster: null,
      figures: [
        { metric: 'Cumulative merge count of primary shards', task: '', unit: '', baseline: 2, contender: 3, diff: 1, diff_percent: 50 },
        { metric: 'Store size', task: '', unit: 'GB', baseline: 1, contender: 1, diff: 0, diff_percent: 0 }
      ]
    }
  ])
})
