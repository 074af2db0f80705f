// Public tracks and what Elastic Rally makes of them: text, document, bodies, model, declared and unused parameters.

import assert from 'node:assert/strict'
import { createHash } from 'node:crypto'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { isObject, numberOf, type JsonObject, type JsonValue } from '../../../src/core/json.ts'
import { parseJson } from '../../../src/core/json-parse.ts'
import { printJson } from '../../../src/core/json-print.ts'
import { TrackFolder } from '../../../src/track/file-text.ts'
import { isFailure, loadDocument } from '../../../src/track/load-document.ts'
import { templatingOf } from '../../../src/track/load-track.ts'
import { renderTrack } from '../../../src/track/render-track.ts'
import { fixturesDir } from '../../fixtures-dir.ts'

interface Case {
  readonly track: string
  readonly params: JsonObject
  readonly build_flavor: string | null
  readonly serverless_operator: boolean
  readonly now: JsonValue
  readonly declared: string[]
  readonly unused: string[]
  readonly sha256: { readonly rendered_text: string }
}

/** ECMAScript's numbers, as the fixtures were written. */
function plain(value: JsonValue): JsonValue {
  const number = numberOf(value)
  if (number !== null) return number
  if (Array.isArray(value)) return value.map(plain)
  return isObject(value) ? Object.fromEntries(Object.entries(value).map(([key, member]) => [key, plain(member)])) : value
}

const canonical = (value: JsonValue): string => printJson(plain(value), { sortKeys: true })
const read = (path: string): JsonValue => parseJson(readFileSync(path, 'utf8'), { allowNonFinite: true })

/** The full set, or the sample: a track of our own, its answers by Elastic Rally 2.13.0. */
const root = fixturesDir ?? 'test/fixtures'
const expectedDir = join(root, 'rally-tracks-expected')

for (const folder of readdirSync(expectedDir).sort()) {
  test(`track ${folder} comes out as from Elastic Rally`, async (t) => {
    if (fixturesDir === null) t.diagnostic('RALLY_FIXTURES is not set: only the sample track is checked')
    const at = join(expectedDir, folder)
    const expected = read(join(at, 'case.json')) as unknown as Case
    const path = join(root, 'rally-tracks', expected.track)
    const options = {
      params: expected.params,
      buildFlavor: expected.build_flavor,
      serverlessOperator: expected.serverless_operator,
      // Read with its `.0`.
      nowSeconds: numberOf(expected.now) ?? 0
    }
    const { stages } = await renderTrack({ source: { path, repositoriesDir: path, repositoryUrls: {} }, ...options })
    assert.deepEqual(stages.declared, expected.declared)
    assert.deepEqual(stages.unused, expected.unused)
    assert.equal(canonical(stages.rendered), canonical(read(join(at, 'rendered.json'))))
    const bodies = join(at, 'bodies.json')
    assert.equal(canonical(stages.bodies), existsSync(bodies) ? canonical(read(bodies)) : '{}')
    // A path names a track by its last folder only.
    const loaded = { ...stages.loaded, name: expected.track }
    assert.equal(canonical(loaded), canonical(read(join(at, 'loaded.json'))))
    const document = loadDocument({ folder: new TrackFolder(path), file: 'track.json', kind: 'track', templating: templatingOf(options) })
    assert.ok(!isFailure(document))
    assert.equal(createHash('sha256').update(document.text).digest('hex'), expected.sha256.rendered_text)
  })
}
