import assert from 'node:assert/strict'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, test } from 'node:test'
import { RallyError } from '../../../src/core/errors.ts'
import { downloadFile, type Download, type DownloadAnswer, type DownloadRequest } from '../../../src/corpus/download.ts'

const folder = mkdtempSync(join(tmpdir(), 'rally-download-'))
after(() => rmSync(folder, { recursive: true }))

const CONTENT = Buffer.from(Array.from({ length: 1000 }, (_, i) => `{"line":${i}}\n`).join(''))
const URL_ = 'http://corpora.example/d.json'
const path = join(folder, 'd.json')

function* pieces(bytes: Buffer, breakAfter: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += 1000) {
    if (at >= breakAfter) throw new Error('read ECONNRESET')
    yield bytes.subarray(at, at + 1000)
  }
}

const chunksOf = (bytes: Buffer, breakAfter = Infinity): Readable => Readable.from(pieces(bytes, breakAfter))

function answer(status: number, bytes: Buffer, breakAfter?: number): DownloadAnswer {
  return { status, contentLength: bytes.length, body: chunksOf(bytes, breakAfter) }
}

/** Answers one after the other; keeps the offsets asked for. */
function serve(...answers: ((offset: number) => DownloadAnswer | Error)[]): Download & { offsets: number[] } {
  const offsets: number[] = []
  const download: Download = (_url, { offset }) => {
    const next = answers[Math.min(offsets.length, answers.length - 1)]?.(offset)
    offsets.push(offset)
    return next === undefined || next instanceof Error ? Promise.reject(next ?? new Error('no answer')) : Promise.resolve(next)
  }
  return Object.assign(download, { offsets })
}

function request(download: Download, more: Partial<DownloadRequest> = {}): DownloadRequest {
  rmSync(path, { force: true })
  const patience = { tries: 3, firstPauseMs: 1, silenceMs: 5000 }
  const signal = new AbortController().signal
  return { url: URL_, path, expectedBytes: CONTENT.length, download, signal, testMode: false, progress: () => {}, patience, ...more }
}

async function refused(wanted: DownloadRequest, words: RegExp, hint = /./): Promise<void> {
  await assert.rejects(downloadFile(wanted), (error: unknown) => {
    assert.ok(error instanceof RallyError, String(error))
    assert.equal(error.kind, 'corpus')
    assert.match(error.message, words)
    assert.match(error.hint, hint)
    return true
  })
  assert.ok(!existsSync(path))
  assert.deepEqual(readdirSync(folder), [])
}

test('a file comes whole, with progress', async () => {
  const seen: number[] = []
  const wanted = request(
    serve(() => answer(200, CONTENT)),
    { progress: (done) => seen.push(done) }
  )
  await downloadFile(wanted)
  assert.deepEqual(readFileSync(path), CONTENT)
  assert.equal(seen.at(-1), CONTENT.length)
  assert.deepEqual(readdirSync(folder), ['d.json'])
})

test('a broken connection goes on where it broke', async () => {
  const download = serve(
    () => answer(200, CONTENT, 3000),
    (offset) => answer(206, CONTENT.subarray(offset), 4000),
    (offset) => answer(206, CONTENT.subarray(offset))
  )
  await downloadFile(request(download))
  assert.deepEqual(readFileSync(path), CONTENT)
  assert.deepEqual(download.offsets, [0, 3000, 7000])
})

test('a server that cannot resume sends it all again', async () => {
  const download = serve(
    () => answer(200, CONTENT, 5000),
    () => answer(200, CONTENT)
  )
  await downloadFile(request(download))
  assert.deepEqual(readFileSync(path), CONTENT)
  assert.deepEqual(download.offsets, [0, 5000])
})

test('a body that ends before its announced length is fetched on', async () => {
  const download = serve(
    () => ({ status: 200, contentLength: CONTENT.length, body: chunksOf(CONTENT.subarray(0, 2000)) }),
    (offset) => answer(206, CONTENT.subarray(offset))
  )
  await downloadFile(request(download, { expectedBytes: null }))
  assert.deepEqual(readFileSync(path), CONTENT)
})

test('an unknown length ends with the body', async () => {
  await downloadFile(
    request(
      serve(() => ({ status: 200, contentLength: null, body: chunksOf(CONTENT) })),
      { expectedBytes: null }
    )
  )
  assert.deepEqual(readFileSync(path), CONTENT)
})

test('errors that may pass are tried again, a few times', async () => {
  const download = serve(
    () => answer(503, Buffer.from('later')),
    () => new Error('connect ECONNREFUSED'),
    () => answer(200, CONTENT)
  )
  await downloadFile(request(download))
  assert.equal(download.offsets.length, 3)
  const refusing = serve(() => new Error('connect ECONNREFUSED'))
  await refused(
    request(refusing),
    /could not download \[http:\/\/corpora\.example\/d\.json\] to \[.*d\.json\]: connect ECONNREFUSED/,
    /network/
  )
  assert.equal(refusing.offsets.length, 3)
})

test('a 404 is not tried again, and in test mode says what it means', async () => {
  const download = serve(() => answer(404, Buffer.from('no')))
  await refused(request(download), /HTTP status: 404/, /base-url/)
  assert.equal(download.offsets.length, 1)
  await refused(request(download, { testMode: true }), /HTTP status: 404/, /does not support test mode/)
})

test('a wrong size is corrupt', async () => {
  await refused(request(serve(() => answer(200, CONTENT.subarray(10)))), /is corrupt: \d+ bytes but \d+ bytes were expected/)
  const endless = serve(() => ({ status: 200, contentLength: null, body: chunksOf(Buffer.concat([CONTENT, CONTENT])) }))
  await refused(request(endless), /is corrupt/)
})

test('a server that falls silent is given up, and so is one that never answers', async () => {
  async function* silent(): AsyncGenerator<Uint8Array> {
    yield CONTENT.subarray(0, 1000)
    await new Promise(() => {})
  }
  const patience = { tries: 2, firstPauseMs: 1, silenceMs: 60 }
  const stuck = serve(() => ({ status: 200, contentLength: CONTENT.length, body: silent() }))
  await refused(request(stuck, { patience }), /nothing came for 0\.06 s/)
  await refused(
    request(() => new Promise(() => {}), { patience }),
    /nothing came for 0\.06 s/
  )
})

test('a cancel ends a download that waits', async () => {
  const cancel = new AbortController()
  const running = downloadFile(request(() => new Promise(() => {}), { signal: cancel.signal }))
  cancel.abort(new Error('by the user'))
  await assert.rejects(running, /by the user/)
  assert.deepEqual(readdirSync(folder), [])
})
