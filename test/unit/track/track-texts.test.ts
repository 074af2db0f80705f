// What commands print of a track: the sample's texts are Elastic Rally 2.13.0's own.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import type { JsonObject, JsonValue } from '../../../src/core/json.ts'
import { parseJson } from '../../../src/core/json-parse.ts'
import { loadTrack, type LoadedTrack } from '../../../src/track/load-track.ts'
import { pythonJson } from '../../../src/track/python-json.ts'
import { renderedText } from '../../../src/track/render-track.ts'
import { trackInfo, trackTable, validationLines } from '../../../src/track/track-info.ts'
import { trackFolder } from './vectors.ts'

const path = 'test/fixtures/rally-tracks/sample'
const expected = (file: string): string => readFileSync(join('test/fixtures/rally-tracks-expected/sample', file), 'utf8')
const sample = { source: { path, repositoriesDir: path, repositoryUrls: {} }, nowSeconds: 1_700_000_000 }
const { bulk_size, base_url } = (parseJson(expected('case.json')) as { params: JsonObject }).params
const params = { bulk_size, base_url } as JsonObject

const loadPath = (folder: string): Promise<LoadedTrack> =>
  loadTrack({ source: { path: folder, repositoriesDir: folder, repositoryUrls: {} } })

test('rally info prints what Elastic Rally prints, of all challenges or of the chosen one', async () => {
  assert.equal(trackInfo((await loadTrack({ ...sample, params })).track), expected('info.txt'))
  assert.equal(trackInfo((await loadTrack({ ...sample, params, challenge: 'little' })).track), expected('info-little.txt'))
})

test('a track without data or challenges of its own has a shorter info', async (t) => {
  const { track } = await loadPath(trackFolder(t, { 'track.json': { schedule: [{ operation: 'refresh', clients: 2 }] } }))
  assert.equal(
    trackInfo(track),
    'Showing details for track [vec]:\n\n* Description: \n\n\nSchedule:\n----------\n\n1. refresh (2 clients)\n'
  )
})

test('rally render-track prints the document as Elastic Rally prints it', async () => {
  assert.equal(`${await renderedText({ ...sample, params, buildFlavor: null })}\n`, expected('render-track.txt'))
})

test('JSON is printed as Python prints it', () => {
  const text =
    '{"a": [1.0, 1e5, 1e16, 1E-7, 0.1, -0, -0.0, 123456789012345678901, NaN, -Infinity, 1e400], "é\\u007f\\n": "😀", "e": [], "o": {}, "n": [null, true, false]}'
  assert.equal(
    pythonJson(parseJson(text, { allowNonFinite: true }), 0).replaceAll('\n', ''),
    '{"a": [1.0,100000.0,1e+16,1e-07,0.1,0,-0.0,123456789012345678901,NaN,-Infinity,Infinity],"\\u00e9\\u007f\\n": "\\ud83d\\ude00","e": [],"o": {},"n": [null,true,false]}'
  )
  assert.equal(pythonJson([1, { a: [2] }] as JsonValue, 2), '[\n  1,\n  {\n    "a": [\n      2\n    ]\n  }\n]')
})

test('the table of tracks is sorted, and shows challenges only if a track has some of its own', async (t) => {
  const bare = (await loadPath(trackFolder(t, { 'track.json': { description: 'x', schedule: [{ operation: 'refresh' }] } }, 'bare'))).track
  const sampled = (await loadTrack({ ...sample, params })).track
  assert.deepEqual(trackTable([bare]), {
    headers: ['Name', 'Description', 'Documents', 'Compressed Size', 'Uncompressed Size'],
    rows: [['bare', 'x', '0', '0B', '0B']]
  })
  const { headers, rows } = trackTable([sampled, bare])
  assert.deepEqual(headers.slice(5), ['Default Challenge', 'All Challenges'])
  assert.deepEqual(
    rows.map((row) => [row[0], ...row.slice(2)]),
    [
      ['bare', '0', '0B', '0B', 'default', 'default'],
      ['sample', '1,234,582', 'N/A', 'N/A', 'everything', 'everything,little']
    ]
  )
})

test('a valid track is told with what it holds, and what nobody looked at', async (t) => {
  const folder = trackFolder(t, { 'track.json': { schedule: [{ operation: 'mine' }] }, 'track.py': '' })
  const lines = validationLines((await loadPath(folder)).track)
  assert.match(lines[0] ?? '', /^Track \[vec\] is valid: 1 challenge, 1 schedule element, 0 corpora/)
  assert.match(lines[1] ?? '', /track\.py/)
})
