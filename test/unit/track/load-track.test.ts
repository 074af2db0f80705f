import assert from 'node:assert/strict'
import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { RallyError } from '../../../src/core/errors.ts'
import { missingDataFiles } from '../../../src/track/check-corpora.ts'
import { loadTrack, type LoadedTrack, type LoadTrackRequest } from '../../../src/track/load-track.ts'
import { TrackError } from '../../../src/track/mistake.ts'
import { trackFolder } from './vectors.ts'

type Options = Omit<LoadTrackRequest, 'source'>

const load = (path: string, options: Options = {}): Promise<LoadedTrack> =>
  loadTrack({ source: { path, repositoriesDir: path, repositoryUrls: {} }, nowSeconds: 1_700_000_000, ...options })

/** The lines that a track is refused with. */
async function problemsOf(path: string, options: Options = {}): Promise<readonly string[]> {
  try {
    await load(path, options)
  } catch (error) {
    if (error instanceof TrackError) return error.problems
    if (error instanceof RallyError) return [error.message]
    throw error
  }
  return assert.fail('the track was accepted')
}

const problems = (t: TestContext, files: Readonly<Record<string, unknown>>, options: Options = {}): Promise<readonly string[]> =>
  problemsOf(trackFolder(t, files), options)

test('all mistakes come at once, each with file, line, path, value and the nearest right word', async (t) => {
  const folder = trackFolder(t, {
    'track.json': [
      '{% import "rally.helpers" as rally %}',
      '{',
      '  "indices": [{"name": "places", "body": "indx.json"}],',
      '  "corpora": [{"name": "c", "documents": [{"source-file": "docs.json", "document-count": 5}]}],',
      '  "operations": [ {{ rally.collect(parts="operations/*.json") }} ],',
      '  "challenges": [ {{ rally.collect(parts="challenges/*.json") }} ]',
      '}'
    ].join('\n'),
    'index.json': '{}',
    'operations/default.json': '{"name": "find", "operation-type": "serch"},\n{"name": "load",\n "operation-type": "bulk", "bulk-size": 0}',
    'challenges/default.json': [
      '{',
      '  "name": "all",',
      '  "default": true,',
      '  "schedule": [',
      '    {% for i in range(2) %}',
      '    {"name": "t{{ i }}", "operation": "find",',
      '     "clients": {{ i }}},',
      '    {% endfor %}',
      '    {"parallel": {"completed-by": "idnex", "tasks": [{"name": "index", "operation": "load"}]}}',
      '  ]',
      '}'
    ].join('\n')
  })
  const lines = await problemsOf(folder, {
    params: { cliens: 1 },
    challenge: 'al',
    includeTasks: ['tpye:bulk'],
    moreChecks: (track) => missingDataFiles(track, { dirsOf: () => [folder], offline: false })
  })
  assert.deepEqual(lines, [
    'track.json:3: indices[0].body: [indx.json] does not exist, did you mean [index.json]?',
    'operations/default.json:3: operations[1].bulk-size: must be at least 1 but is [0]',
    'track.json:6: challenges: there is no challenge [al], did you mean [all]? (challenges: [all])',
    'challenges/default.json:7: challenges[0].schedule[0].clients: must be at least 1 but is [0]',
    'challenges/default.json:9: challenges[0].schedule[2].parallel.completed-by: [idnex] names no task of the parallel element of challenge [all], did you mean [index]?',
    'track parameter [cliens] is not used by this track',
    '--include-tasks: [tpye:bulk] is no task filter: [tpye] is neither [type] nor [tag], did you mean [type]?',
    `track.json:4: corpora[0].documents[0].source-file: data file [docs.json] of corpus [c] is in none of [${folder}], and there is no [base-url] to fetch it from`,
    'warning: operations/default.json:1: operations[0].operation-type: [serch] is no operation type that Rally knows, did you mean [search]?'
  ])
})

test('an unused parameter is told together with the rest', async (t) => {
  const track = { schedule: [{ operation: 'refresh', clients: 0 }] }
  assert.deepEqual(
    await problems(
      t,
      { 'track.json': JSON.stringify(track).replace('0', '{{ clients | default(0) }}') },
      { params: { clinets: 3, now: 1 } }
    ),
    [
      'track.json:1: schedule[0].clients: must be at least 1 but is [0]',
      'track parameter [now] is set by Rally and cannot be given',
      'track parameter [clinets] is not used by this track, did you mean [clients]? (this track takes: clients)'
    ]
  )
})

test('where a template cannot be read, only a parameter that no file mentions is called unused', async (t) => {
  const params = { shards: 1, clinets: 2, taken: 3 }
  const broken = await problems(
    t,
    { 'track.json': '{"a": {{ clients }}, {{ x', 'body.json': '{{ shards }}' },
    { params: { ...params, clients: 1 } }
  )
  assert.equal(broken.length, 3)
  assert.deepEqual(broken.slice(1), [
    'track parameter [clinets] is not used by this track',
    'track parameter [taken] is not used by this track'
  ])
  const bodies = await problems(
    t,
    {
      'track.json':
        '{"indices": [{"body": "body.json"}, {"name": "b", "body": "broken.json"}], "schedule": [{"operation": "bulk", "clients": {{ clients }}}]}',
      'body.json': '{{ shards }}',
      'broken.json': '{% if %}{{ taken }}'
    },
    { params: { ...params, clients: 0 } }
  )
  assert.equal(bodies.length, 4)
  assert.match(bodies[0] ?? '', /indices\[0\]: \[name\] is missing/)
  assert.match(bodies[1] ?? '', /schedule\[0\]\.clients: must be at least 1/)
  assert.match(bodies[2] ?? '', /^broken\.json:1: /)
  assert.equal(bodies[3], 'track parameter [clinets] is not used by this track, did you mean [clients]?')
})

test('code that stands outside the folder is no reason to fail', async (t) => {
  const folder = trackFolder(t, { 'track.json': { schedule: [{ operation: 'mine' }] } })
  symlinkSync('/dev/null', join(folder, 'track.py'))
  assert.ok((await load(folder)).track.hasPlugins)
})

test('a parameter that only an included file takes is told by that file', async (t) => {
  const lines = await problems(
    t,
    {
      'track.json': '{% set x = 1 %}{% include "inc.json" %}',
      'inc.json': '{"description": "{{ gamma }}", "schedule": [{"operation": "refresh"}]}'
    },
    { params: { gamma: 3 } }
  )
  assert.deepEqual(lines, [
    'track parameter [gamma] is not used by this track: only [inc.json] takes it, and what is included does not count (this track takes none)'
  ])
})

test('an unused parameter is only a warning if asked for', async (t) => {
  const { warnings } = await load(trackFolder(t, { 'track.json': { schedule: [{ operation: 'refresh' }] } }), {
    params: { x: 1 },
    ignoreUnusedParams: true
  })
  assert.deepEqual(warnings, ['track parameter [x] is not used by this track (this track takes none)'])
})

test('what Elastic Rally accepts, but most likely nobody means, is a warning with the nearest right word', async (t) => {
  const folder = trackFolder(t, {
    'track.json': {
      descripton: 'x',
      schedule: [
        { operation: 'force-merg' },
        { operation: { 'operation-type': 'bulk', name: 'b' }, iterations: 5, 'time-period': 9, taggs: ['x'] }
      ]
    }
  })
  const { warnings, track } = await load(folder, { excludeTasks: ['type:bluk'] })
  assert.equal(track.challenges[0]?.schedule.length, 2)
  assert.deepEqual(warnings, [
    'track.json:1: descripton: [descripton] has no meaning here, did you mean [description]?',
    'track.json:1: schedule[0].operation: [force-merg] is neither defined in [operations] nor an operation type that Rally knows, did you mean [force-merge]?',
    'track.json:1: schedule[1]: task [b] of challenge [default] has [iterations] 5 and [time-period] 9: the time period counts, the iterations do not',
    'track.json:1: schedule[1].taggs: [taggs] has no meaning here, did you mean [tags]?',
    'task filter [type:bluk] matches no task, did you mean [type:bulk]?'
  ])
})

test('types that the track’s own code may register are not called unknown', async (t) => {
  const { warnings, track } = await load(trackFolder(t, { 'track.json': { schedule: [{ operation: 'my-own' }] }, 'track.py': '' }))
  assert.ok(track.hasPlugins)
  assert.deepEqual(warnings, [])
})

test('errors of templates name the file and line they stand on, also in what was collected or included', async (t) => {
  const collected = { 'track.json': '{% import "rally.helpers" as rally %}\n{"schedule": [\n{{ rally.collect(parts="ops/*.json") }}\n]}' }
  const cases: [Record<string, string>, RegExp][] = [
    [{ 'track.json': '{\n"a": {{ 1 / 0 }}}' }, /^track\.json:2: division by zero/],
    [{ 'track.json': '\n\n{% for %}' }, /^track\.json:3: /],
    [
      { ...collected, 'ops/a.json': '{"operation": "a"}', 'ops/b.json': '\n\n{"operation": "{{ nope.x }}"}' },
      /^ops\/b\.json:3: 'nope' is undefined/
    ],
    [{ ...collected, 'ops/a.json': '{"operation": "a"}', 'ops/b.json': '{\n"operation": "{{ 1 | nope }}"}' }, /^ops\/b\.json:2: .*nope/],
    [{ 'track.json': '{"x":\n{% include "inc/a.json" %}}', 'inc/a.json': '\n{{ [] + 1 }}' }, /^inc\/a\.json:2: /],
    [{ 'track.json': '{% include "inc/nope.json" %}' }, /^track\.json:1: there is no template \[inc\/nope\.json\]/],
    [{ 'track.json': '[{% for i in range(2000000000) %}{% endfor %}]' }, /^track\.json:1: .*(range|items|steps)/i],
    [{ 'track.json': '{"a": "{{ "x" * 100000000000 }}"}' }, /^track\.json:1: /]
  ]
  for (const [files, words] of cases) {
    const lines = await problems(t, files)
    assert.equal(lines.length, 1)
    assert.match(lines[0] ?? '', words)
  }
})

test('a text that is no JSON is shown with its lines, and told with the file it came from', async (t) => {
  const files = {
    'track.json': '{% import "rally.helpers" as rally %}{\n"schedule": [ {{ rally.collect(parts="ops/*.json") }} ]}',
    'ops/a.json': '{\n"operation": "a",\n}'
  }
  const [line = ''] = await problems(t, files)
  assert.match(line, /^ops\/a\.json:3: the rendered text is no JSON: Expecting property name enclosed in double quotes: line 4 column 1/)
  assert.ok(line.includes('"operation": "a",\n} ]}\n^ Error is here'), line)
})

test('mistakes in bodies come with those of the track, by their own file', async (t) => {
  const lines = await problems(t, {
    'track.json': {
      indices: [
        { name: 'a', body: 'a.json' },
        { name: 'b', body: 'b.json' },
        { name: 'c', body: './a.json' }
      ],
      schedule: [{ operation: 'x', clients: 0 }]
    },
    'a.json': '{\n{{ now | days_ago("1") }}}',
    'b.json': '{"a":\n 1,}'
  })
  assert.equal(lines.length, 5)
  assert.match(lines[4] ?? '', /^warning: track\.json:\d+: schedule\[0\]\.operation: \[x\]/)
  assert.match(lines[0] ?? '', /^track\.json:1: schedule\[0\]\.clients/)
  assert.match(lines[1] ?? '', /^a\.json:2: .*days_ago/)
  assert.match(lines[2] ?? '', /^b\.json:2: the rendered text is no JSON/)
})

test('a byte order mark, other line ends and letters of any script are read', async (t) => {
  const text = '{\r\n "description": "naïve 雪 😀",\r\n "schedule": [\r\n  {"operation": "refresh"}\r\n ]\r\n}\r\n'
  const { track } = await load(trackFolder(t, { 'track.json': Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), Buffer.from(text)]) }))
  assert.equal(track.description, 'naïve 雪 😀')
  const [line = ''] = await problems(t, { 'track.json': text.replace('refresh', 're\nfresh') })
  assert.match(line, /^track\.json:4: the rendered text is no JSON: Invalid control character/)
})

test('files that cannot be read as text say why', async (t) => {
  assert.match(
    (await problems(t, { 'track.json': Buffer.from('{\n"a": "\xe9"}', 'latin1') }))[0] ?? '',
    /\[track\.json\] is not UTF-8 text \(line 2\)/
  )
  const folder = trackFolder(t, { 'track.json': '{% import "rally.helpers" as rally %}\n[ {{ rally.collect(parts="ops/*") }} ]' })
  mkdirSync(join(folder, 'ops/sub'), { recursive: true })
  assert.match((await problemsOf(folder))[0] ?? '', /^track\.json:2: cannot collect \[ops\/\*\]: \[ops\/sub\] is a folder, not a file/)
  symlinkSync('loop', join(folder, 'ops/loop'))
  rmSync(join(folder, 'ops/sub'), { recursive: true })
  assert.match((await problemsOf(folder))[0] ?? '', /is a link that leads to itself/)
})

test('files that collect each other are an error, not an endless loop', async (t) => {
  const collect = (pattern: string): string => `{{ rally.collect(parts="${pattern}") }}`
  const lines = await problems(t, {
    'track.json': `[${collect('a/x.json')}]`,
    'a/x.json': `\n${collect('y.json')}`,
    'a/y.json': collect('x.json')
  })
  assert.deepEqual(
    lines,
    ['a/y.json:1: cannot collect [x.json]: [a/x.json] collects itself: track.json → a/x.json → a/y.json → a/x.json'].map((line) =>
      line.replace('cannot collect [x.json]: ', '')
    )
  )
  const doubling = Object.fromEntries(Array.from({ length: 40 }, (_, i) => [`f${i}.json`, collect(`f${i + 1}.json`).repeat(2)]))
  const [line = ''] = await problems(t, { ...doubling, 'track.json': collect('f0.json'), 'f40.json': 'x'.repeat(1000) })
  assert.match(line, /collects more than \d+ characters/)
})

test('no file outside the track’s folder is read, whichever way it is asked for', async (t) => {
  const folder = trackFolder(t, {})
  const secret = join(folder, '..', 'secret.json')
  writeFileSync(secret, '{"secret": 1}')
  symlinkSync(secret, join(folder, 'link.json'))
  symlinkSync(join(folder, '..'), join(folder, 'up'))
  const schedule = '"schedule": [{"operation": "refresh"}]'
  const helpers = '{% import "rally.helpers" as rally %}'
  const ways = [
    `{"meta": {% include "../secret.json" %}, ${schedule}}`,
    `{"meta": {% include "link.json" %}, ${schedule}}`,
    `{"meta": {% include "up/secret.json" %}, ${schedule}}`,
    `${helpers}{"meta": {{ rally.collect(parts="../secret.json") }}, ${schedule}}`,
    `${helpers}{"meta": {{ rally.collect(parts="*.json") }}, ${schedule}}`,
    `${helpers}{"meta": {{ rally.collect(parts="up/*.json") }}, ${schedule}}`,
    `${helpers}{"meta": {{ rally.collect(parts="${secret}") }}, ${schedule}}`,
    `{"meta": {"x": "{{ glob('../*') }}"}, ${schedule}}`,
    `{"meta": {"x": "{{ glob('/etc/*') }}"}, ${schedule}}`,
    `{"indices": [{"name": "a", "body": "../secret.json"}], ${schedule}}`,
    `{"indices": [{"name": "a", "body": "link.json"}], ${schedule}}`,
    `{"component-templates": [{"name": "a", "template": "${secret}"}], ${schedule}}`
  ]
  for (const way of ways) {
    writeFileSync(join(folder, 'track.json'), way)
    const lines = await problemsOf(folder)
    assert.match(lines.join('\n'), /outside the track/, way)
    assert.doesNotMatch(lines.join('\n'), /"secret":/, way)
  }
})

test('a folder of a track that is itself a link is the track’s folder', async (t) => {
  const folder = trackFolder(t, {
    'track.json': { indices: [{ name: 'a', body: 'sub/../index.json' }], schedule: [{ operation: 'refresh' }] },
    'index.json': '{"a": 1}',
    'sub/x': ''
  })
  const link = `${folder}-link`
  symlinkSync(folder, link)
  const { track } = await load(link)
  assert.deepEqual(track.indices[0]?.body, { a: 1 })
  assert.equal(track.root, link)
})

test('an operation’s numbers stay as they were written', async (t) => {
  const folder = trackFolder(t, {
    'track.json': '{"schedule": [{"operation": {"operation-type": "search", "body": {"a": 12345678901234567890, "b": 1.0, "c": 1e2}}}]}'
  })
  const { track } = await load(folder)
  const element = track.challenges[0]?.schedule[0]
  assert.ok(element?.kind === 'task')
  assert.equal(
    JSON.stringify(element.operation.params['body'], (_, value: unknown) => value),
    '{"a":12345678901234567000,"b":1,"c":100}'
  )
  const body = element.operation.params['body'] as unknown as Record<string, { text: string }>
  assert.deepEqual(
    Object.values(body).map((number) => number.text),
    ['12345678901234567890', '1.0', '1e2']
  )
})

test('keys named like JavaScript’s own members are keys like any others', async (t) => {
  const lines = await problems(t, {
    'track.json': '{"schedule": [{"operation": "constructor", "clients": 0, "__proto__": {"clients": 5}}], "toString": 1}'
  })
  assert.deepEqual(lines, [
    'track.json:1: schedule[0].clients: must be at least 1 but is [0]',
    'warning: track.json:1: schedule[0].operation: [constructor] is neither defined in [operations] nor an operation type that Rally knows'
  ])
})

test('an inline operation whose name is no text is refused at its place', async (t) => {
  for (const name of [{ a: 1 }, ['a']]) {
    const lines = await problems(t, { 'track.json': { schedule: [{ operation: { name, 'operation-type': 'search' } }] } })
    assert.match(lines.join(' '), /schedule\[0\]\.operation\.name: the name of an operation must be a text but is/)
  }
})
