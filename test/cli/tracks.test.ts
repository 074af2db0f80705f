import assert from 'node:assert/strict'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { rally, temporaryFolder } from './run-rally.ts'

function track(document: object, files: Readonly<Record<string, string>> = {}): string {
  const folder = join(temporaryFolder(), 'demo')
  mkdirSync(folder)
  writeFileSync(join(folder, 'track.json'), JSON.stringify(document))
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  return folder
}

const SOUND = {
  version: 2,
  description: 'a demo',
  indices: [{ name: 'demo', body: 'index.json' }],
  schedule: [{ operation: { name: 'term', 'operation-type': 'search', body: { query: { match_all: {} } } }, clients: 2 }]
}
const BODY = { 'index.json': '{"settings": {"index.number_of_shards": {{ shards | default(1) }}}}' }

test('rally list tracks shows the bundled ones without any network', async () => {
  const { code, stdout } = await rally(['list', 'tracks', '--offline'])
  assert.equal(code, 0)
  assert.match(stdout, /^\nAvailable tracks:\n\nName +Description/)
  assert.match(stdout, /\ncities +.* 135,233 .*append-then-search/)
  const json = await rally(['list', 'tracks', '--offline', '--format=json', '--quiet'])
  const { tracks } = JSON.parse(json.stdout) as { tracks: { name: string; documents: number }[] }
  assert.equal(tracks.find(({ name }) => name === 'cities')?.documents, 135233)
  assert.equal(json.stderr, '')
})

test('rally info shows the chosen challenge with the tasks that are left', async () => {
  const { code, stdout } = await rally([
    'info',
    '--track=cities',
    '--challenge=append-then-search',
    '--include-tasks=term,tag:none,type:bulk'
  ])
  assert.equal(code, 0)
  assert.match(stdout, /^Showing details for track \[cities\]:/)
  assert.match(stdout, /1\. index-append \(2 clients\)\n2\. term \(2 clients\)\n/)
  assert.ok(!stdout.includes('index-only'))
})

test('rally render-track prints the document as Elastic Rally does, or every stage as one JSON object', async () => {
  const path = track(SOUND, BODY)
  const text = await rally(['render-track', `--track-path=${path}`])
  assert.equal(text.code, 0)
  assert.equal(text.stderr, '')
  assert.equal(text.stdout, `${JSON.stringify(SOUND, null, 2)}\n`)
  const json = await rally(['render-track', `--track-path=${path}`, '--track-params=shards:3,other:1', '--format=json'])
  const stages = JSON.parse(json.stdout) as Record<string, unknown>
  assert.deepEqual(Object.keys(stages), ['rendered', 'bodies', 'loaded', 'declared', 'unused'])
  assert.deepEqual(stages['rendered'], SOUND)
  assert.deepEqual(stages['bodies'], { 'index.json': { settings: { 'index.number_of_shards': 3 } } })
  assert.deepEqual(stages['declared'], ['shards'])
  assert.deepEqual(stages['unused'], ['other'])
})

test('SOURCE_DATE_EPOCH fixes what now is in a track', async () => {
  const path = track({ ...SOUND, description: 'at {{ now }}' }, BODY)
  const { stdout } = await rally(['render-track', `--track-path=${path}`], { environment: { SOURCE_DATE_EPOCH: '1700000000' } })
  assert.match(stdout, /"description": "at 1700000000\.0"/)
  const wrong = await rally(['render-track', `--track-path=${path}`], { environment: { SOURCE_DATE_EPOCH: 'today' } })
  assert.equal(wrong.code, 2)
})

test('rally render-track writes to --output-path and makes its folders', async () => {
  const file = join(temporaryFolder(), 'a', 'b.json')
  const { code, stdout } = await rally(['render-track', `--track-path=${track(SOUND, BODY)}`, `--output-path=${file}`])
  assert.equal(code, 0)
  assert.equal(stdout, '')
  assert.deepEqual(JSON.parse(readFileSync(file, 'utf8')), SOUND)
})

test('rally validate-track is silent about a sound track unless asked, and names every mistake of another', async () => {
  const sound = track(SOUND, BODY)
  const quiet = await rally(['validate-track', `--track-path=${sound}`])
  assert.deepEqual(quiet, { code: 0, stdout: '', stderr: '' })
  const loud = await rally(['validate-track', `--track-path=${sound}`, '--no-quiet'])
  assert.match(loud.stderr, /\[INFO\] Track \[demo\] is valid/)

  const broken = track(
    {
      ...SOUND,
      corpora: [{ name: 'c', documents: [{ 'source-file': 'none.json', 'document-count': 1 }] }],
      schedule: [{ operation: 'x', clients: 0 }]
    },
    BODY
  )
  const { code, stderr } = await rally(['validate-track', `--track-path=${broken}`, '--track-params=nonsense:1'])
  assert.equal(code, 64)
  assert.match(stderr, /\[ERROR\] Cannot validate-track: track \[demo\] has \d+ mistakes\n/)
  for (const word of [/none\.json/, /clients/, /nonsense/]) assert.match(stderr, word)
})

test('a track that is not there is one message with the nearest one', async () => {
  const { code, stderr } = await rally(['info', '--track=citties', '--offline'])
  assert.equal(code, 64)
  assert.match(stderr, /\[ERROR\] Cannot info: .*citties.*cities/)
})

test('beside its mistakes, a track is warned of what it may have misspelt', async () => {
  const folder = temporaryFolder()
  const schedule = [{ operation: { 'operation-type': 'serch' }, clients: 0 }]
  writeFileSync(join(folder, 'track.json'), JSON.stringify({ version: 2, schedule }))
  const { code, stderr } = await rally(['validate-track', `--track-path=${folder}`], { home: folder })
  assert.equal(code, 64)
  assert.match(stderr, /has a mistake\n {2}- track\.json:1: .*clients: must be at least 1/)
  assert.match(stderr, /\n {2}- warning: .*\[serch\] is no operation type that Rally knows, did you mean \[search\]\?/)
})
