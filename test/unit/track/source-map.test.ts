import assert from 'node:assert/strict'
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs'
import { join, relative } from 'node:path'
import test from 'node:test'
import { isObject, type JsonValue } from '../../../src/core/json.ts'
import { DocumentPositions, type DocumentPath } from '../../../src/track/document-path.ts'
import { TrackFolder } from '../../../src/track/file-text.ts'
import { isFailure, loadDocument, type LoadedDocument } from '../../../src/track/load-document.ts'
import { templatingOf } from '../../../src/track/load-track.ts'
import { Marks, NO_SOURCE_MAP, sourceMap } from '../../../src/track/source-map.ts'
import { SourceText } from '../../../src/track/source-text.ts'
import { fixturesDir } from '../../fixtures-dir.ts'
import { trackFolder } from './vectors.ts'

function document(folder: string): LoadedDocument {
  const loaded = loadDocument({
    folder: new TrackFolder(folder),
    file: 'track.json',
    kind: 'track',
    templating: templatingOf({ nowSeconds: 1_700_000_000 })
  })
  assert.ok(!isFailure(loaded), isFailure(loaded) ? loaded.mistake.message : '')
  return loaded
}

/** `file:line` of a value. */
function placeOf(loaded: LoadedDocument, path: DocumentPath): string {
  const place = loaded.placeOf(new DocumentPositions(loaded.text).offsetOf(path))
  return place === null ? 'unknown' : `${place.file}:${place.line}`
}

test('a value is traced through loops, macros, includes, collected files and trimmed space', (t) => {
  const loaded = document(
    trackFolder(t, {
      'track.json': [
        '{% import "rally.helpers" as rally with context -%}',
        '{% macro twice(x) -%}',
        '  [ {{ x }},',
        '    {{ x }} ]',
        '{%- endmacro -%}',
        '{ "a": {{ twice(5) }}, "raw": "{% raw %}{{ no }}{% endraw %}",',
        '  {#- a note -#}',
        '  "loop": [ {%- for i in range(2) -%}',
        '    {{ "," if i }}',
        '    {{ i }}',
        '  {%- endfor -%} ],',
        '  "one": {% include "inc/one.json" %}, "after": 1,',
        '  "parts": [ {{ rally.collect(parts="p/*.json") }} ], "end": 2',
        '}'
      ].join('\n'),
      'inc/one.json': '{"x":\n {"y": [\n 1]}}',
      'p/a.json': '{"n": 1}',
      'p/b.json': '\n{"n":\n 2}\n'
    })
  )
  const places = Object.fromEntries(
    [
      ['a'],
      ['a', 0],
      ['a', 1],
      ['raw'],
      ['loop', 0],
      ['loop', 1],
      ['one'],
      ['one', 'x'],
      ['one', 'x', 'y', 0],
      ['after'],
      ['parts', 0, 'n'],
      ['parts', 1],
      ['parts', 1, 'n'],
      ['end']
    ].map((path) => [path.join('.'), placeOf(loaded, path)])
  )
  assert.deepEqual(places, {
    a: 'track.json:3',
    'a.0': 'track.json:3',
    'a.1': 'track.json:4',
    raw: 'track.json:6',
    'loop.0': 'track.json:10',
    'loop.1': 'track.json:10',
    one: 'inc/one.json:1',
    'one.x': 'inc/one.json:2',
    'one.x.y.0': 'inc/one.json:3',
    after: 'track.json:12',
    'parts.0.n': 'p/a.json:1',
    'parts.1': 'p/b.json:2',
    'parts.1.n': 'p/b.json:3',
    end: 'track.json:13'
  })
})

test('where marks change what a template does, nothing is claimed', (t) => {
  const loaded = document(trackFolder(t, { 'track.json': '{% set x %}a\nb{% endset %}{"same": {{ (x | length == 3) | tojson }} }' }))
  assert.equal(placeOf(loaded, ['same']), 'unknown')
  assert.equal(sourceMap('{"a": 1}', '{"a": 2}', []), NO_SOURCE_MAP)
})

test('no mark goes into a tag, a comment or a raw block', () => {
  const text = '{# a\nb #}x\n{% if "%}\n" %}\n{{ "}}\n" }}{% raw %}\n{% nope\n{% endraw %}{% endif %}\n'
  const marked = new Marks().mark(text, () => ({ file: 'f', line: 1 }))
  assert.equal(
    marked.replace(/\u0001\d+\u0002/g, '|'),
    '{# a\nb #}x|\n{% if "%}\n" %}|\n{{ "}}\n" }}{% raw %}\n{% nope\n{% endraw %}{% endif %}|\n|'
  )
})

test('a line of an assembled text is told by its file and line there', () => {
  const source = new SourceText([
    { text: 'a\nb\n  ', file: 'x', firstLine: 1 },
    { text: 'c\nd', file: 'y', firstLine: 1 },
    { text: ' e\nf', file: 'x', firstLine: 3 }
  ])
  assert.deepEqual(
    [1, 2, 3, 4, 5, 6].map((line) => source.placeOfLine(line)),
    [{ file: 'x', line: 1 }, { file: 'x', line: 2 }, { file: 'y', line: 1 }, { file: 'y', line: 2 }, { file: 'x', line: 4 }, null]
  )
})

interface SourceLine {
  readonly text: string
  readonly place: string
}

/** Lines of all files of a track. */
function sourceLines(folder: string): SourceLine[] {
  const found: SourceLine[] = []
  const walk = (dir: string): void => {
    for (const name of readdirSync(dir)) {
      const path = join(dir, name)
      if (statSync(path).isDirectory()) walk(path)
      else if (name.endsWith('.json')) {
        readFileSync(path, 'utf8')
          .split(/\r?\n/)
          .forEach((text, i) => found.push({ text: text.trim(), place: `${relative(folder, path)}:${i + 1}` }))
      }
    }
  }
  walk(folder)
  return found
}

const MAX_CHECKED = 300
const root = join(fixturesDir ?? 'test/fixtures', 'rally-tracks')

test('whatever stands as it is on one line of one file is traced there, in every track', (t) => {
  let total = 0
  let checked = 0
  for (const name of ['sample', 'geonames', 'github_archive', 'http_logs', 'noaa', 'nyc_taxis', 'tsdb'].filter((track) =>
    existsSync(join(root, track))
  )) {
    const folder = join(root, name)
    const loaded = document(folder)
    const lines = sourceLines(folder)
    const positions = new DocumentPositions(loaded.text)
    const walk = (value: JsonValue, path: DocumentPath): void => {
      const offset = positions.offsetOf(path)
      const begin = loaded.text.lastIndexOf('\n', offset) + 1
      const text = loaded.text.slice(begin, loaded.text.indexOf('\n', offset)).trim()
      // Long enough to come from no other line by way of a tag.
      const candidates = text.length > 30 && checked < MAX_CHECKED ? lines.filter((line) => line.text.includes(text.replace(/,$/, ''))) : []
      const place = loaded.placeOf(offset)
      if (candidates.length === 1 && candidates[0]?.text === text && place !== null) {
        checked++
        assert.equal(`${place.file}:${place.line}`, candidates[0].place, `${name}: ${path.join('.')}`)
      }
      if (Array.isArray(value)) value.forEach((item: JsonValue, i) => walk(item, [...path, i]))
      else if (isObject(value)) for (const [key, member] of Object.entries(value)) walk(member, [...path, key])
    }
    walk(loaded.value, [])
    total += checked
    checked = 0
  }
  t.diagnostic(`${total} values`)
  assert.ok(total > 0)
})
