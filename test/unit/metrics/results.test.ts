import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseJson } from '../../../src/core/json-parse.ts'
import { printJson } from '../../../src/core/json-print.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import { raceDocument, type RaceHeader } from '../../../src/metrics/race.ts'
import { recordedResults } from '../../../src/metrics/results.ts'
import { assertSameText, canonical, exactVectors, failuresOf, type ExactVector } from '../../exact-vectors.ts'
import { isAdminType, raceFrom, storeFrom, trackFrom } from './store-from-vector.ts'

const cases = exactVectors('results.json')
const resultsOf = (input: JsonObject): JsonObject => recordedResults(storeFrom(input), trackFrom(input), isAdminType)

/** Where we answer on purpose and Elastic Rally fails, by its error. */
const DEVIATIONS: Readonly<Record<string, string>> = {
  "'per-shard'": 'a time without values per shard leaves its three per-shard rows out instead of failing the race'
}
const isDeviation = ({ error }: ExactVector): boolean => error !== null && error in DEVIATIONS

test('results of a store are Elastic Rally’s, in its key order', () => {
  const races = cases.filter(({ kind }) => kind === 'race')
  assert.ok(races.length > 0)
  assert.deepEqual(
    failuresOf(races, ({ input, expected }) => {
      const results = resultsOf(input)
      const wanted = expected as JsonObject
      assertSameText(canonical(results), canonical(wanted['results']))
      assert.deepEqual(Object.keys(results), wanted['results_key_order'])
      assert.equal(storeFrom(input).records.length, Number(wanted['number_of_store_docs']))
    }),
    []
  )
})

test('race.json is byte for byte Elastic Rally’s, before and after the results', () => {
  const races = cases.filter(({ kind }) => kind === 'race')
  assert.deepEqual(
    failuresOf(races, ({ input, expected }) => {
      const wanted = expected as JsonObject
      const withResults = String(wanted['race_json'])
      const race = inOrderOf(raceFrom(input), parseJson(withResults) as JsonObject)
      // Elastic Rally 2.13 shows secrets, we hide them: put back what its files hold.
      const reveal = (document: JsonObject): JsonObject =>
        'track-params' in document ? { ...document, 'track-params': race.trackParams } : document
      assertSameText(printJson(reveal(raceDocument(race, null, null)), { indent: 1 }), String(wanted['race_json_without_results']))
      assertSameText(printJson(reveal(raceDocument(race, resultsOf(input), null)), { indent: 1 }), withResults)
    }),
    []
  )
})

test('odd records give Elastic Rally’s results', () => {
  const odd = cases.filter((vector) => vector.kind === 'results' && !isDeviation(vector))
  assert.ok(odd.length > 0)
  assert.deepEqual(
    failuresOf(odd, ({ input, expected, error }) => {
      assert.equal(error, null)
      assert.equal(canonical(nonEmpty(resultsOf(input))), canonical(expected))
    }),
    []
  )
})

test('a time without values per shard has no per-shard figures', () => {
  for (const { input } of cases.filter(isDeviation)) assert.deepEqual(resultsOf(input)['merge_time_per_shard'], {})
})

const nonEmpty = (results: JsonObject): JsonObject =>
  Object.fromEntries(Object.entries(results).filter(([, value]) => value !== null && !['{}', '[]'].includes(canonical(value))))

/** The vectors' inputs have their keys sorted; the order as it was shows in the expected document. */
function inOrderOf(race: RaceHeader, document: JsonObject): RaceHeader {
  const [userTags, trackParams] = [document['user-tags'] ?? {}, document['track-params'] ?? {}] as [JsonObject, JsonObject]
  assert.equal(canonical([race.userTags, race.trackParams]), canonical([userTags, trackParams]))
  return { ...race, userTags, trackParams }
}
