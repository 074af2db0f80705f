import assert from 'node:assert/strict'
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { init, compress } from '@bokuweb/zstd-wasm'
import { RallyError } from '../../../src/core/errors.ts'
import { decompressFile, type DecompressRequest } from '../../../src/corpus/decompress.ts'
import { whyUnsupported } from '../../../src/corpus/decompressors.ts'
import { zstdFrames } from '../../../src/corpus/zstd-frames.ts'

const folder = mkdtempSync(join(tmpdir(), 'rally-decompress-'))
after(() => rmSync(folder, { recursive: true }))
await init()

const TEXT = '{"a":1}\n{"a":2}\n'
const BIG = Buffer.from(Array.from({ length: 40_000 }, (_, i) => `{"number":${i}}\n`).join(''))
// `printf TEXT | bzip2`: nothing installed with npm writes bzip2.
const BZIP2 = Buffer.from('QlpoOTFBWSZTWSKd4ukAAAZZgAAQEAAwECAAAAogADEMCBKAeonCJoaL4u5IpwoSBFO8XSA=', 'base64')
const ARCHIVES: Readonly<Record<string, { readonly bytes: Buffer; readonly content: string }>> = {
  gz: { bytes: gzipSync(BIG), content: BIG.toString() },
  zst: { bytes: Buffer.from(compress(BIG, 3)), content: BIG.toString() },
  bz2: { bytes: BZIP2, content: TEXT }
}
const NO_PROGRAMS = join(folder, 'no-programs')

function request(format: string, bytes: Buffer, more: Partial<DecompressRequest> = {}): DecompressRequest {
  const archive = join(folder, `d.json.${format}`)
  const path = join(folder, 'd.json')
  writeFileSync(archive, bytes)
  rmSync(path, { force: true })
  return { archive, path, expectedBytes: null, signal: new AbortController().signal, progress: () => {}, ...more }
}

const leftovers = (): string[] => readdirSync(folder).filter((name) => name.endsWith('.tmp'))

async function refused(wanted: DecompressRequest, kind: string, words: RegExp): Promise<void> {
  await assert.rejects(decompressFile(wanted), (error: unknown) => {
    assert.ok(error instanceof RallyError, String(error))
    assert.equal(error.kind, kind)
    assert.match(error.message, words)
    return true
  })
  assert.throws(() => readFileSync(wanted.path), /ENOENT/)
  assert.deepEqual(leftovers(), [])
}

for (const searchPath of [process.env['PATH'] ?? '', NO_PROGRAMS]) {
  const how = searchPath === NO_PROGRAMS ? 'without any program' : 'with what is installed'
  for (const [format, { bytes, content }] of Object.entries(ARCHIVES)) {
    test(`${format} is decompressed ${how}`, async () => {
      const wanted = request(format, bytes, { searchPath, expectedBytes: Buffer.byteLength(content) })
      await decompressFile(wanted)
      assert.equal(readFileSync(wanted.path, 'utf8'), content)
      assert.deepEqual(leftovers(), [])
    })
    test(`several ${format} streams after each other are one file, ${how}`, async () => {
      const wanted = request(format, Buffer.concat([bytes, bytes]), { searchPath })
      await decompressFile(wanted)
      assert.equal(readFileSync(wanted.path, 'utf8'), content + content)
    })
    test(`a cut off ${format} is corrupt ${how}, and leaves nothing`, async () => {
      await refused(
        request(format, bytes.subarray(0, bytes.length - 9), { searchPath }),
        'corpus',
        /d\.json\.\w+\] is corrupt or cannot be decompressed: ./
      )
    })
    test(`a damaged ${format} is corrupt ${how}`, async () => {
      const damaged = Buffer.from(bytes)
      // Without a check sum, zstd notices a wrong header only.
      const at = format === 'zst' ? 6 : Math.floor(bytes.length / 2)
      damaged.fill(0xff, at, at + 8)
      await refused(request(format, damaged, { searchPath }), 'corpus', /is corrupt/)
    })
  }
}

test('a size that is not the expected one is corrupt, with both sizes', async () => {
  await refused(request('gz', gzipSync('{}\n'), { expectedBytes: 17 }), 'corpus', /extracted 3 bytes but 17 bytes are expected/)
})

test('a program that cannot be started is passed over', async () => {
  mkdirSync(join(folder, 'broken'))
  writeFileSync(join(folder, 'broken', 'pigz'), '#!/nowhere/at-all\n')
  chmodSync(join(folder, 'broken', 'pigz'), 0o755)
  const wanted = request('gz', gzipSync(TEXT), { searchPath: join(folder, 'broken') })
  await decompressFile(wanted)
  assert.equal(readFileSync(wanted.path, 'utf8'), TEXT)
})

test('a program that does nothing is stopped', async () => {
  mkdirSync(join(folder, 'asleep'))
  writeFileSync(join(folder, 'asleep', 'pigz'), '#!/bin/sh\nexec sleep 600\n')
  chmodSync(join(folder, 'asleep', 'pigz'), 0o755)
  await refused(
    request('gz', gzipSync(TEXT), { searchPath: join(folder, 'asleep'), silenceMs: 500 }),
    'corpus',
    /nothing happened for 0\.5 s/
  )
})

test('a cancel ends it at once and leaves nothing', async () => {
  const cancel = new AbortController()
  const wanted = request('gz', gzipSync(TEXT), { searchPath: join(folder, 'asleep'), signal: cancel.signal })
  const running = decompressFile(wanted)
  cancel.abort(new RallyError('cancelled', 'by the user'))
  await assert.rejects(running, /by the user/)
  assert.deepEqual(leftovers(), [])
})

test('zip and tar are refused by name', () => {
  for (const name of ['a.zip', 'a.tar', 'a.tar.gz', 'a.tgz', 'a.tar.bz2', 'a.toString'])
    assert.match(whyUnsupported(name) ?? '', /not supported yet/)
  for (const name of ['a.json.gz', 'a.bz2', 'a.ndjson.zst']) assert.equal(whyUnsupported(name), null)
})

test('skippable zstd frames are skipped, and what is no zstd is told', () => {
  const skippable = Buffer.from([0x53, 0x2a, 0x4d, 0x18, 3, 0, 0, 0, 1, 2, 3])
  const frame = Buffer.from(compress(Buffer.from(TEXT), 3))
  assert.deepEqual(
    [...zstdFrames(Buffer.concat([skippable, frame, skippable]))].map(({ bytes }) => bytes),
    [frame]
  )
  assert.throws(() => [...zstdFrames(Buffer.from('plain text'))], /not in zstd format/)
})
