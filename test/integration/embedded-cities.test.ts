// The bundled track on the embedded node: what it answers is what the file says. Once as the track indexes it, once spread over shards
// and segments, with documents deleted and replaced.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { after, before, describe, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { render } from '../../src/jinja/render.ts'
import { startTestNode, type SearchAnswer, type TestNode } from './embedded-client.ts'

interface Place {
  readonly geonameid: number
  readonly name: string
  readonly country_code: string
  readonly feature_code: string
  readonly admin1_code?: string
  readonly population: number
  readonly location: { readonly lat: number; readonly lon: number }
}

const trackRoot = resolve('tracks/cities')
const lines = gunzipSync(readFileSync(join(trackRoot, 'cities.json.gz')))
  .toString()
  .trimEnd()
  .split('\n')
const allPlaces = lines.map((line) => JSON.parse(line) as Place)
const HELPERS = { load: () => null, globals: { build_flavor: 'default', serverless_operator: false } }

interface Body {
  readonly query: Readonly<Record<string, unknown>>
}

const track = JSON.parse(render(readFileSync(join(trackRoot, 'track.json'), 'utf8'), HELPERS)) as {
  readonly operations: readonly { readonly name: string; readonly body?: Body }[]
}

function bodyOf(operation: string): Body {
  const found = track.operations.find(({ name }) => name === operation)
  assert.ok(found?.body !== undefined, `the track has an operation ${operation} with a body`)
  return found.body
}

function indexBody(shards: number): unknown {
  const globals = { ...HELPERS.globals, number_of_shards: shards }
  return JSON.parse(render(readFileSync(join(trackRoot, 'index.json'), 'utf8'), { ...HELPERS, globals }))
}

let node: TestNode
before(async () => {
  node = await startTestNode()
})
after(() => node.stop())

describe('as the track indexes it', () => {
  before(async () => {
    await create(1)
    for (let i = 0; i < lines.length; i += 5000)
      await bulk(lines.slice(i, i + 5000).map((line) => `{"index": {"_index": "cities"}}\n${line}`))
    await node.ask('POST', '/cities/_refresh')
  })
  answersAre(allPlaces)
})

describe('over three shards and many segments, a tenth deleted and a tenth replaced', () => {
  const places = allPlaces
    .filter((_, i) => i % 10 !== 3)
    .map((place) => (place.geonameid % 10 === 5 ? { ...place, population: place.population + 7 } : place))
  before(async () => {
    await create(3)
    for (let i = 0; i < lines.length; i += 9000) {
      await bulk(
        lines.slice(i, i + 9000).map((line, at) => `{"index": {"_index": "cities", "_id": "${allPlaces[i + at]!.geonameid}"}}\n${line}`)
      )
      await node.ask('POST', '/cities/_refresh')
    }
    await bulk(allPlaces.filter((_, i) => i % 10 === 3).map(({ geonameid }) => `{"delete": {"_index": "cities", "_id": "${geonameid}"}}`))
    const replaced = places.filter(({ geonameid }) => geonameid % 10 === 5)
    await bulk(replaced.map((place) => `{"index": {"_index": "cities", "_id": "${place.geonameid}"}}\n${JSON.stringify(place)}`))
    await node.ask('POST', '/cities/_refresh')
  })
  answersAre(places)

  test('a force-merge leaves one segment per shard and no deleted document, and changes no answer', async () => {
    const question = { size: 50, sort: ['geonameid'], query: { prefix: { 'name.raw': 'New' } }, track_total_hits: true }
    const unmerged = (await search(question)).hits
    assert.equal((await node.ask('POST', '/cities/_forcemerge?max_num_segments=1')).status, 200)
    const { primaries } = (await node.ask<{ _all: { primaries: Record<string, { count: number }> } }>('GET', '/cities/_stats')).json._all
    assert.equal(primaries['segments']?.count, 3)
    assert.deepEqual(primaries['docs'], { count: places.length, deleted: 0 })
    assert.deepEqual((await search(question)).hits, unmerged)
  })
})

async function create(shards: number): Promise<void> {
  await node.ask('DELETE', '/cities')
  const created = await node.ask('PUT', '/cities', indexBody(shards))
  assert.deepEqual([created.status, created.json['acknowledged']], [200, true])
}

async function bulk(items: readonly string[]): Promise<void> {
  const { status, json } = await node.ask<{ errors: boolean; items: unknown[] }>('PUT', '/_bulk', `${items.join('\n')}\n`)
  assert.equal(status, 200)
  assert.equal(json.errors, false)
  assert.equal(json.items.length, items.length)
}

async function search(body: unknown): Promise<SearchAnswer<Place>> {
  const { status, json, text } = await node.ask<SearchAnswer<Place>>('POST', '/cities/_search', body)
  assert.equal(status, 200, text.slice(0, 500))
  return json
}

/** Ids of all places that a query finds, by `search_after`. */
async function idsFound(query: unknown): Promise<number[]> {
  const ids: number[] = []
  for (let last: unknown; ;) {
    const body = { query, size: 5000, sort: ['geonameid'], ...(last === undefined ? {} : { search_after: last }) }
    const { hits } = (await search(body)).hits
    for (const hit of hits) ids.push(hit._source.geonameid)
    if (hits.length < 5000) return ids
    last = hits.at(-1)!.sort
  }
}

function answersAre(places: readonly Place[]): void {
  setsAreRight(places)
  geoIsRight(places)
  ordersAreRight(places)
}

/** Ids of the places that pass, ascending. */
function idsOf(places: readonly Place[], isFound: (place: Place) => boolean): number[] {
  return places
    .filter(isFound)
    .map(({ geonameid }) => geonameid)
    .sort((a, b) => a - b)
}

async function finds(places: readonly Place[], query: unknown, isFound: (place: Place) => boolean): Promise<void> {
  const wanted = idsOf(places, isFound)
  assert.ok(wanted.length > 0, 'the question has an answer')
  assert.deepEqual(await idsFound(query), wanted)
  const { total } = (await search({ query, size: 0, track_total_hits: true })).hits
  assert.deepEqual(total, { value: wanted.length, relation: 'eq' })
  assert.equal((await node.ask('GET', '/cities/_count', { query })).json['count'], wanted.length)
}

function setsAreRight(places: readonly Place[]): void {
  test('every place is found once', async () => {
    assert.equal((await node.ask('GET', '/cities/_count')).json['count'], places.length)
    assert.deepEqual(
      await idsFound({ match_all: {} }),
      idsOf(places, () => true)
    )
  })

  test('term finds the capitals', () => finds(places, bodyOf('term').query, (place) => place.feature_code === 'PPLC'))

  test('prefix finds whole names that begin so', () => finds(places, bodyOf('prefix').query, (place) => place.name.startsWith('San ')))

  test('range takes its lower end and leaves its upper one', () =>
    finds(places, bodyOf('range').query, ({ population }) => population >= 100_000 && population < 1_000_000))

  test('match finds names with either word, the best ones first', async () => {
    const { query } = bodyOf('match')
    const hasWord = (name: string, word: string): boolean =>
      new RegExp(`(?<![\\p{L}\\p{M}\\p{N}'’])${word}(?!['’]?[\\p{L}\\p{M}\\p{N}])`, 'iu').test(name)
    const isFound = ({ name }: Place): boolean => hasWord(name, 'saint') || hasWord(name, 'john')
    await finds(places, query, isFound)
    const { hits } = (await search({ query, size: 100 })).hits
    const scores = hits.map((hit) => Number(hit._score))
    assert.deepEqual(
      scores,
      [...scores].sort((a, b) => b - a)
    )
    assert.match(hits[0]!._source.name, /Saint John/)
  })

  test('bool with a box, a range and an exclusion finds the big cities of Europe', () =>
    finds(
      places,
      bodyOf('big-cities-by-bounding-box').query,
      ({ location: { lat, lon }, population, feature_code }) =>
        lat <= 71 && lat >= 36 && lon >= -10 && lon <= 40 && population >= 500_000 && feature_code !== 'PPLX'
    ))
}

function geoIsRight(places: readonly Place[]): void {
  test('geo_distance finds what is within 100 km of Paris', () =>
    finds(places, bodyOf('geo-distance').query, ({ location }) => kilometresApart(location, { lat: 48.85341, lon: 2.3488 }) <= 100))

  test('geo_distance works around the date line and the poles', async () => {
    for (const origin of [
      { lat: -18, lon: 179.9 },
      { lat: 89.9, lon: 0 },
      { lat: 66, lon: -179.5 }
    ]) {
      for (const distance of [300, 3000]) {
        const query = { geo_distance: { distance: `${distance}km`, location: origin } }
        assert.deepEqual(
          await idsFound(query),
          idsOf(places, ({ location }) => kilometresApart(location, origin) <= distance)
        )
      }
    }
  })
}

function ordersAreRight(places: readonly Place[]): void {
  test('sort shows the largest cities in order', async () => {
    const { hits } = (await search({ ...bodyOf('sort-population'), size: 100 })).hits
    const expected = [...places].sort((a, b) => b.population - a.population || a.geonameid - b.geonameid).slice(0, 100)
    assert.deepEqual(
      hits.map((hit) => hit.sort),
      expected.map(({ population, geonameid }) => [population, geonameid])
    )
  })

  test('the terms aggregation counts the countries and adds up their people', async () => {
    const { aggregations } = await search(bodyOf('country-terms'))
    const countries = new Map<string, Place[]>()
    for (const place of places) countries.set(place.country_code, [...(countries.get(place.country_code) ?? []), place])
    const expected = [...countries]
      .map(([key, own]) => ({ key, doc_count: own.length, people: { value: own.reduce((sum, { population }) => sum + population, 0) } }))
      .sort((a, b) => b.doc_count - a.doc_count || (a.key < b.key ? -1 : 1))
    const { buckets, sum_other_doc_count: others } = aggregations['countries']!
    assert.deepEqual(buckets, expected.slice(0, 20))
    assert.equal(
      others,
      expected.slice(20).reduce((sum, { doc_count }) => sum + doc_count, 0)
    )
  })

  test('a scroll over everything shows each place once', async () => {
    const seen: string[] = []
    let page = await node.ask<SearchAnswer<Place>>('POST', '/cities/_search?scroll=1m&size=7000&sort=_doc', bodyOf('scroll'))
    const id = page.json._scroll_id
    while (page.json.hits.hits.length > 0) {
      for (const hit of page.json.hits.hits) seen.push(hit._id)
      page = await node.ask<SearchAnswer<Place>>('POST', '/_search/scroll', { scroll: '1m', scroll_id: id })
      assert.equal(page.status, 200)
    }
    assert.equal(seen.length, places.length)
    assert.equal(new Set(seen).size, places.length)
    assert.deepEqual((await node.ask('DELETE', '/_search/scroll', { scroll_id: id })).json, { succeeded: true, num_freed: 1 })
    assert.equal((await node.ask('POST', '/_search/scroll', { scroll_id: id })).status, 404)
  })
}

/** By the spherical law of cosines: another formula than the node's. */
function kilometresApart(a: { lat: number; lon: number }, b: { lat: number; lon: number }): number {
  const radians = Math.PI / 180
  const cosine =
    Math.sin(a.lat * radians) * Math.sin(b.lat * radians) +
    Math.cos(a.lat * radians) * Math.cos(b.lat * radians) * Math.cos((a.lon - b.lon) * radians)
  return 6371.0087714 * Math.acos(Math.min(1, Math.max(-1, cosine)))
}
