// Full disks, folders that take no files, and a process killed in the middle of its work: made, not imagined.

import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { once } from 'node:events'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Readable } from 'node:stream'
import { after, test } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'
import { gzipSync } from 'node:zlib'
import { RallyError } from '../../src/core/errors.ts'
import { decompressFile } from '../../src/corpus/decompress.ts'
import { prepareCorpora, type PrepareOptions } from '../../src/corpus/prepare-corpora.ts'
import { smallDisk } from '../helpers/small-disk.ts'
import { trackFromJson } from '../corpora-from-json.ts'

const folder = mkdtempSync(join(tmpdir(), 'rally-faults-'))
after(() => rmSync(folder, { recursive: true }))

const signal = new AbortController().signal
const unfit = Buffer.from('{"number":123456789,"text":"abcdefghijklmnopqrstuvwxyz"}\n'.repeat(50_000))

async function diskError(running: Promise<unknown>, file: RegExp): Promise<void> {
  await assert.rejects(running, (error: unknown) => {
    assert.ok(error instanceof RallyError, String(error))
    assert.equal(error.kind, 'disk')
    assert.match(error.message, file)
    return true
  })
}

test('a disk that fills up while an archive is decompressed is named, with sizes, and nothing is left on it', async (t) => {
  const disk = smallDisk(t, 'full-1')?.path
  if (disk === undefined) return
  const archive = join(folder, 'd.json.gz')
  writeFileSync(archive, gzipSync(unfit))
  const path = join(disk, 'd.json')
  for (const searchPath of [process.env['PATH'] ?? '', '/nowhere']) {
    const request = { archive, path, expectedBytes: unfit.length, signal, progress: () => {}, searchPath }
    await diskError(
      decompressFile(request),
      /no space left on the disk for \[.*full-1\/d\.json\]: it needs 2850000 bytes, \d+ bytes are free/
    )
    assert.deepEqual(readdirSync(disk), [])
  }
})

test('a disk that fills up while a file is downloaded is named, and nothing is left on it', async (t) => {
  const disk = smallDisk(t, 'full-2')?.path
  if (disk === undefined) return
  function* body(): Generator<Uint8Array> {
    for (let at = 0; at < unfit.length; at += 65_536) yield unfit.subarray(at, at + 65_536)
  }
  const download: PrepareOptions['download'] = () => Promise.resolve({ status: 200, contentLength: null, body: Readable.from(body()) })
  const set = { 'source-file': 'd.json', 'document-count': 50_000, 'base-url': 'http://corpora.example' }
  const { corpora } = trackFromJson({ indices: [{ name: 'i' }], corpora: [{ name: 'c', documents: [set] }] })
  const options = { folders: { trackRoot: null, isBundled: false, cache: disk }, offline: false, testMode: false, download, signal }
  await diskError(prepareCorpora(corpora, options), /no space left on the disk for \[.*full-2\/c\/d\.json\]/)
  assert.deepEqual(readdirSync(join(disk, 'c')), [])
  const sized = trackFromJson({
    indices: [{ name: 'i' }],
    corpora: [{ name: 'c', documents: [{ ...set, 'uncompressed-bytes': unfit.length }] }]
  })
  await diskError(prepareCorpora(sized.corpora, options), /the corpora need 2850000 bytes/)
})

test('a track in a folder that cannot be written is decompressed into the cache', async (t) => {
  const disk = smallDisk(t, 'read-only')?.path
  if (disk === undefined) return
  writeFileSync(join(disk, 'd.json.gz'), gzipSync('{"a":1}\n'))
  writeFileSync(join(disk, 'e.json'), '{"a":1}\n')
  assert.equal(spawnSync('mount', ['-o', 'remount,ro', disk]).status, 0)
  const documents = ['d.json.gz', 'e.json'].map((file) => ({ 'source-file': file, 'document-count': 1 }))
  const { corpora } = trackFromJson({ indices: [{ name: 'i' }], corpora: [{ name: 'c', documents }] })
  const cache = join(folder, 'cache')
  const download: PrepareOptions['download'] = () => assert.fail('no download was expected')
  const options = { folders: { trackRoot: disk, isBundled: false, cache }, offline: false, testMode: false, download, signal }
  const { dataPaths } = await prepareCorpora(corpora, options)
  assert.deepEqual(
    Object.values(dataPaths).map((path) => readFileSync(path, 'utf8')),
    ['{"a":1}\n', '{"a":1}\n']
  )
  assert.ok(Object.values(dataPaths).every((path) => path.startsWith(cache) && existsSync(`${path}.offset`)))
})

test('a process killed while it decompresses leaves no half file, no program, and what it leaves is removed by the next', async () => {
  const here = join(folder, 'killed')
  mkdirSync(here)
  const archive = join(here, 'd.json.gz')
  const path = join(here, 'd.json')
  // Half of it comes out at once, then the program reads on slowly, as a large archive would have it.
  writeFileSync(archive, `${'x'.repeat(30_000)}\n`.repeat(150))
  writeFileSync(join(here, 'pigz'), '#!/bin/sh\nprintf half\necho $$ > "$0.pid"\nwhile read -r line; do sleep 0.1; done\n')
  chmodSync(join(here, 'pigz'), 0o755)
  const script = `
    import { decompressFile } from ${JSON.stringify(new URL('../../src/corpus/decompress.js', import.meta.url).href)}
    await decompressFile({ archive: ${JSON.stringify(archive)}, path: ${JSON.stringify(path)}, expectedBytes: null,
      signal: new AbortController().signal, progress() {}, searchPath: ${JSON.stringify(here)} })`
  const child = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'inherit' })
  await until(() => existsSync(join(here, 'pigz.pid')) && readFileSync(join(here, 'pigz.pid'), 'utf8').endsWith('\n'))
  child.kill('SIGKILL')
  await once(child, 'exit')
  const program = Number(readFileSync(join(here, 'pigz.pid'), 'utf8'))
  assert.ok(!existsSync(path))
  assert.equal(readdirSync(here).filter((name) => name.endsWith('.tmp')).length, 1)
  await until(() => !isAlive(program))
  writeFileSync(archive, gzipSync('{"a":1}\n'))
  await decompressFile({ archive, path, expectedBytes: 8, signal, progress: () => {} })
  assert.equal(readFileSync(path, 'utf8'), '{"a":1}\n')
  assert.deepEqual(
    readdirSync(here).filter((name) => name.endsWith('.tmp')),
    []
  )
})

async function until(condition: () => boolean): Promise<void> {
  for (let i = 0; i < 400 && !condition(); i++) await wait(50)
  assert.ok(condition(), 'it did not happen within 20 s')
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
