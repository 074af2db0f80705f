import assert from 'node:assert/strict'
import { existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, beforeEach, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { RallyError } from '../../../src/core/errors.ts'
import { prepareCorpora, type PreparedCorpora, type PrepareOptions, type PrepareProgress } from '../../../src/corpus/prepare-corpora.ts'
import { trackFromJson } from '../../corpora-from-json.ts'

const folder = mkdtempSync(join(tmpdir(), 'rally-prepare-'))
after(() => rmSync(folder, { recursive: true }))
const trackRoot = join(folder, 'track')
const cache = join(folder, 'cache')
const CONTENT = '{"a":1}\n{"a":2}\n'

beforeEach(() => {
  rmSync(trackRoot, { recursive: true, force: true })
  rmSync(cache, { recursive: true, force: true })
  mkdirSync(trackRoot)
})

const noDownload: PrepareOptions['download'] = (url) => assert.fail(`no download was expected: ${url}`)

function serving(files: Readonly<Record<string, Buffer>>): PrepareOptions['download'] & { urls: string[] } {
  const urls: string[] = []
  const download: PrepareOptions['download'] = (url) => {
    urls.push(url)
    const bytes = files[url]
    const body = Readable.from(bytes === undefined ? [] : [bytes])
    return Promise.resolve({ status: bytes === undefined ? 404 : 200, contentLength: bytes?.length ?? 0, body })
  }
  return Object.assign(download, { urls })
}

function prepare(documents: Readonly<Record<string, unknown>>[], more: Partial<PrepareOptions> = {}): Promise<PreparedCorpora> {
  const { corpora } = trackFromJson({ indices: [{ name: 'i' }], corpora: [{ name: 'c', documents }] })
  const signal = new AbortController().signal
  const folders = { trackRoot: null, isBundled: false, cache }
  return prepareCorpora(corpora, { folders, offline: false, testMode: false, download: noDownload, signal, ...more })
}

const PLAIN = { 'source-file': 'd.json', 'document-count': 2 }
const ARCHIVED = { 'source-file': 'd.json.gz', 'document-count': 2 }
const beside = { trackRoot, isBundled: false, cache }
const bundled = { trackRoot, isBundled: true, cache }

function listing(path: string): string[] {
  return existsSync(path) ? readdirSync(path).sort() : []
}

async function refused(running: Promise<unknown>, kind: string, words: RegExp): Promise<RallyError> {
  const error: unknown = await running.then(
    () => assert.fail('it was to be refused'),
    (thrown: unknown) => thrown
  )
  assert.ok(error instanceof RallyError, String(error))
  assert.equal(error.kind, kind)
  assert.match([error.message, ...error.problems].join('\n'), words)
  return error
}

test('a data file in the cache is used as it is', async () => {
  mkdirSync(join(cache, 'c'), { recursive: true })
  writeFileSync(join(cache, 'c', 'd.json'), CONTENT)
  const { dataPaths, warnings } = await prepare([PLAIN])
  assert.deepEqual(dataPaths, { 'c/d.json': join(cache, 'c', 'd.json') })
  assert.deepEqual(warnings, [])
  assert.deepEqual(listing(join(cache, 'c')), ['d.json', 'd.json.offset'])
})

test('an archive that came with --track-path is decompressed beside it, as Elastic Rally does', async () => {
  writeFileSync(join(trackRoot, 'd.json.gz'), gzipSync(CONTENT))
  const { dataPaths } = await prepare([ARCHIVED], { folders: beside })
  assert.deepEqual(dataPaths, { 'c/d.json': join(trackRoot, 'd.json') })
  assert.equal(readFileSync(join(trackRoot, 'd.json'), 'utf8'), CONTENT)
  assert.deepEqual(listing(trackRoot), ['d.json', 'd.json.gz', 'd.json.offset'])
})

test('a track that comes with Rally keeps its folder clean', async () => {
  writeFileSync(join(trackRoot, 'd.json.gz'), gzipSync(CONTENT))
  writeFileSync(join(trackRoot, 'e.json'), CONTENT)
  const { dataPaths } = await prepare([ARCHIVED, { ...PLAIN, 'source-file': 'e.json' }], { folders: bundled })
  assert.deepEqual(dataPaths, { 'c/d.json': join(cache, 'c', 'd.json'), 'c/e.json': join(cache, 'c', 'e.json') })
  assert.deepEqual(listing(trackRoot), ['d.json.gz', 'e.json'])
  assert.deepEqual(listing(join(cache, 'c')), ['d.json', 'd.json.offset', 'e.json', 'e.json.offset'])
  assert.ok(lstatSync(join(cache, 'c', 'e.json')).isSymbolicLink())
  assert.equal(readFileSync(join(cache, 'c', 'e.json'), 'utf8'), CONTENT)
  assert.deepEqual((await prepare([ARCHIVED, { ...PLAIN, 'source-file': 'e.json' }], { folders: bundled })).dataPaths, dataPaths)
})

test('a newer archive replaces what was made from the older one', async () => {
  const archive = join(trackRoot, 'd.json.gz')
  writeFileSync(archive, gzipSync(CONTENT))
  utimesSync(archive, 1000, 1000)
  await prepare([ARCHIVED], { folders: bundled })
  writeFileSync(archive, gzipSync('{"b":1}\n{"b":2}\n'))
  const later = Date.now() / 1000 + 60
  utimesSync(archive, later, later)
  const { dataPaths } = await prepare([ARCHIVED], { folders: bundled })
  assert.equal(readFileSync(dataPaths['c/d.json']!, 'utf8'), '{"b":1}\n{"b":2}\n')
})

test('what is missing is downloaded into the cache, checked and decompressed', async () => {
  const archive = gzipSync(CONTENT)
  const download = serving({ 'https://corpora.example/x/d.json.gz': archive, 'https://corpora.example/x/e.json': Buffer.from(CONTENT) })
  const sizes = { 'base-url': 'https://corpora.example/x/', 'compressed-bytes': archive.length, 'uncompressed-bytes': CONTENT.length }
  const stages = new Set<PrepareProgress['stage']>()
  const more = { download, folders: beside, progress: ({ stage }: PrepareProgress) => stages.add(stage) }
  const { dataPaths } = await prepare(
    [
      { ...ARCHIVED, ...sizes },
      { ...PLAIN, 'source-file': 'e.json', 'base-url': sizes['base-url'] }
    ],
    more
  )
  for (const path of Object.values(dataPaths)) assert.equal(readFileSync(path, 'utf8'), CONTENT)
  assert.deepEqual(listing(join(cache, 'c')), ['d.json', 'd.json.gz', 'd.json.offset', 'e.json', 'e.json.offset'])
  assert.equal(download.urls.length, 2)
  assert.ok(stages.has('downloading') && stages.has('checking'))
  await prepare([{ ...ARCHIVED, ...sizes }], { offline: true })
})

test('a file of the wrong size in the cache is fetched again, one beside the track is an error', async () => {
  mkdirSync(join(cache, 'c'), { recursive: true })
  writeFileSync(join(cache, 'c', 'd.json'), 'half')
  const sized = { ...PLAIN, 'uncompressed-bytes': CONTENT.length }
  await refused(
    prepare([sized]),
    'corpus',
    /d\.json\] is present but does not have the expected size of \[16\] bytes: it has \[4\], and .*no base-url/
  )
  const base = { 'base-url': 'http://corpora.example' }
  await prepare([{ ...sized, ...base }], { download: serving({ 'http://corpora.example/d.json': Buffer.from(CONTENT) }) })
  writeFileSync(join(trackRoot, 'd.json'), 'half')
  await refused(
    prepare([{ ...sized, ...base }], { folders: beside }),
    'corpus',
    /track\/d\.json\] is present but does not have the expected size/
  )
})

test('everything that is missing is told at once, before anything is fetched', async () => {
  const documents = [
    PLAIN,
    { 'source-file': 'e.json.zst', 'document-count': 1, 'base-url': 'http://corpora.example' },
    { 'source-file': 'f.json.zip', 'document-count': 1, 'base-url': 'http://corpora.example' },
    { 'source-file': 'g.json', 'document-count': 1, 'base-url': 's3://bucket' }
  ]
  const error = await refused(prepare(documents, { folders: beside, offline: true }), 'corpus', /4 data files are missing or wrong/)
  assert.equal(error.problems.length, 4)
  assert.match(
    error.problems[0]!,
    /cannot find \[d\.json\] in \[.*track\] or \[.*cache\/c\], and it cannot be downloaded because corpus \[c\] has no base-url/
  )
  assert.match(error.problems[1]!, /--offline/)
  assert.match(error.problems[2]!, /not supported yet/)
  assert.match(error.problems[3]!, /only http and https/)
  assert.match(error.hint, /without --offline/)
})

test('a missing test mode file is told as such, a wrong number of lines too', async () => {
  const base = { ...PLAIN, 'base-url': 'http://corpora.example' }
  const missing = await refused(prepare([base], { download: serving({}), testMode: true }), 'corpus', /HTTP status: 404/)
  assert.match(missing.hint, /does not support test mode/)
  const short = serving({ 'http://corpora.example/d.json': Buffer.from('{}\n') })
  await refused(prepare([base], { download: short }), 'corpus', /Expected \[2\] lines but got \[1\]/)
})

test('a file with action lines has two lines a document', async () => {
  mkdirSync(join(cache, 'c'), { recursive: true })
  writeFileSync(join(cache, 'c', 'd.json'), '{"index":{}}\n{"a":1}\n')
  await prepare([{ ...PLAIN, 'document-count': 1, 'includes-action-and-meta-data': true }])
})

test('names that lead out of the cache are refused', async () => {
  await refused(prepare([{ ...PLAIN, 'source-file': '../../d.json' }]), 'track', /leads out of its folder/)
})

test('a byte order mark is a warning', async () => {
  mkdirSync(join(cache, 'c'), { recursive: true })
  writeFileSync(join(cache, 'c', 'd.json'), `\uFEFF${CONTENT}`)
  assert.match((await prepare([PLAIN])).warnings.join(), /d\.json\] begins with a byte order mark/)
})

test('a cancel is one, whatever was going on', async () => {
  const cancel = new AbortController()
  const download: PrepareOptions['download'] = () => {
    cancel.abort()
    return new Promise(() => {})
  }
  const running = prepare([{ ...PLAIN, 'base-url': 'http://corpora.example' }], { download, signal: cancel.signal })
  await refused(running, 'cancelled', /cancelled/)
  assert.deepEqual(listing(join(cache, 'c')), [])
})

test('a file that can never fit is refused before it is begun', async () => {
  const huge = { ...PLAIN, 'uncompressed-bytes': 1e18, 'base-url': 'http://corpora.example' }
  await refused(prepare([huge]), 'disk', /the corpora need 1000000000000000000 bytes on the disk of \[.*c\], but only \d+ bytes are free/)
})
