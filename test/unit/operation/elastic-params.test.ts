import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RallyError } from '../../../src/core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../../../src/core/json.ts'
import { parseJson } from '../../../src/core/json-parse.ts'
import { elasticParams } from '../../../src/operation/elastic-params.ts'
import type { Operation, Track } from '../../../src/track/track.ts'
import { canonical, exactVectors, failuresOf, type ExactVector } from '../../exact-vectors.ts'
import { emptyTrack } from './empty-track.ts'

/** Where we differ on purpose, by the name of the vector. */
const DEVIATIONS: Readonly<Record<string, string>> = {
  'create-index settings stick to the track': 'settings of one operation do not change the track for the next (reference/02 §12-10)',
  'create-component-template settings stick': 'as above',
  'unknown param source': 'a source by name belongs to the code of a track, which comes later; the loader names it',
  'bulk without bulk-size': 'bulk has its own source, with its own tests',
  'file-reader without bulk-size': 'as above'
}

/** Kinds of the same file that are no parameters: the one is proven beside the loader's types, the other beside --on-error. */
const OTHER_KINDS = new Set(['operation-type', 'error-behaviour'])

/** Where Elastic Rally crashes on a null instead of saying what is missing. */
const PYTHON_CRASH = /^'\w+' object (?:is not|has no)/

test("the parameters of every operation are those of Elastic Rally's own sources", () => {
  const cases = exactVectors('params.json').filter(({ kind, name }) => !OTHER_KINDS.has(kind) && !(name in DEVIATIONS))
  assert.ok(cases.length > 50)
  assert.deepEqual(failuresOf(cases, check), [])
})

test('settings of one operation do not leak into the next', () => {
  const track = { ...emptyTrack, indices: [{ name: 'i', body: { settings: { a: 1 } } }] }
  const changed = elasticParams(operationOf({ 'operation-type': 'create-index', settings: { b: 2 } }), track)
  assert.deepEqual(changed['indices'], [['i', { settings: { a: 1, b: 2 } }]])
  const plain = elasticParams(operationOf({ 'operation-type': 'create-index' }), track)
  assert.deepEqual(plain['indices'], [['i', { settings: { a: 1 } }]])
})

test('a null that is written down is no missing key, and an empty name selects nothing', () => {
  const track = { ...emptyTrack, indices: [{ name: 'i', body: {} }] }
  const forceMerge = elasticParams(operationOf({ 'operation-type': 'force-merge', mode: null }), track)
  assert.deepEqual([forceMerge['mode'], forceMerge['poll-period']], [null, 10])
  const downsample = elasticParams(operationOf({ 'operation-type': 'downsample', 'fixed-interval': null }), track)
  assert.equal(downsample['target-index'], 'i-None')
  for (const [index, count] of [['', 0], [[], 1], [null, 1], ['i', 1]] as const) {
    const params = elasticParams(operationOf({ 'operation-type': 'create-index', index }), track)
    assert.equal((params['indices'] as readonly unknown[]).length, count, JSON.stringify(index))
  }
})

function check({ input, expected, error }: ExactVector): void {
  const track = trackOf(input)
  const operations = (input['operations'] as readonly JsonObject[]).map(operationOf)
  if (error !== null) {
    assert.throws(
      () => operations.map((operation) => elasticParams(operation, track)),
      (thrown: Error) => thrown.message === error || (PYTHON_CRASH.test(error) && thrown instanceof RallyError)
    )
    return
  }
  const answers = Array.isArray(expected) ? (expected as readonly JsonObject[]) : [expected as JsonObject]
  for (const [i, operation] of operations.entries()) {
    const params = elasticParams(operation, track)
    assert.equal(canonical(params), canonical(answers[i]?.['params']))
  }
}

// The vectors hand the operation to the source as it is, with a task named after the type.
function operationOf(params: JsonObject): Operation {
  const type = String(params['operation-type'])
  return { name: `task-${type}`, type, paramSource: null, meta: {}, params }
}

function trackOf(input: JsonObject): Track {
  const spec = input['track'] as JsonObject
  const files = isObject(input['files']) ? input['files'] : {}
  const all = (key: string): readonly JsonObject[] => (spec[key] ?? []) as readonly JsonObject[]
  const content = (item: JsonObject, key: string): JsonObject => {
    const text = files[String(item[key] ?? '')]
    let value: JsonValue = typeof text === 'string' ? parseJson(text) : {}
    for (const step of String(item['template-path'] ?? '').split('.')) if (step !== '') value = (value as JsonObject)[step] ?? {}
    return value as JsonObject
  }
  const template = (item: JsonObject) => ({
    name: String(item['name']),
    pattern: String(item['index-pattern']),
    content: content(item, 'template'),
    deleteMatchingIndices: item['delete-matching-indices'] !== false
  })
  return {
    ...emptyTrack,
    indices: all('indices').map((item) => ({ name: String(item['name']), body: content(item, 'body') })),
    dataStreams: all('data-streams').map((item) => ({ name: String(item['name']) })),
    templates: all('templates').map(template),
    composableTemplates: all('composable-templates').map(template),
    componentTemplates: all('component-templates').map((item) => ({ name: String(item['name']), content: content(item, 'template') }))
  }
}
