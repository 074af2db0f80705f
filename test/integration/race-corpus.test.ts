// Data files that are not what a track says, through the command: named before the first request, with nothing half-written left.

import assert from 'node:assert/strict'
import { readdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { gzipSync } from 'node:zlib'
import { compress, init } from '@bokuweb/zstd-wasm'
import { accountOf, errorOf, raceToEnd, readRace } from '../helpers/race-process.ts'
import { startStubCluster } from '../helpers/stub-cluster.ts'
import { bulkTask, smallDocuments, writeTrack } from '../helpers/write-track.ts'

await init()
/** Where programs are looked for that decompress. */
const INSTALLED = process.env['PATH'] ?? ''
const NO_PROGRAMS = '/nowhere'
const TEXT = Buffer.from(Array.from({ length: 5000 }, (_, n) => `{"n":${n},"text":"${Math.sin(n)}"}\n`).join(''))
// `printf '{"a":1}\n{"a":2}\n' | bzip2`: nothing installed with npm writes bzip2.
const BZIP2 = Buffer.from('QlpoOTFBWSZTWSKd4ukAAAZZgAAQEAAwECAAAAogADEMCBKAeonCJoaL4u5IpwoSBFO8XSA=', 'base64')
const ARCHIVES: Readonly<Record<string, Buffer>> = { gz: gzipSync(TEXT), bz2: BZIP2, zst: Buffer.from(compress(TEXT, 3)) }

for (const [format, whole] of Object.entries(ARCHIVES)) {
  for (const [what, bytes, paths] of [
    ['cut off', whole.subarray(0, whole.length - 12), [INSTALLED, NO_PROGRAMS]],
    ['damaged', damaged(whole), [NO_PROGRAMS]],
    ['something else', Buffer.from('<html>404</html>'), [INSTALLED]]
  ] as const) {
    test(`a .${format} that is ${what} is named, and nothing of it is left`, async (t) => {
      const cluster = await startStubCluster((end) => t.after(end))
      const set = { 'source-file': `documents.json.${format}` }
      const track = writeTrack({ schedule: [bulkTask()], documentCount: 5000, set })
      writeFileSync(join(track, `documents.json.${format}`), bytes)
      for (const path of paths) {
        const ended = await raceToEnd([`--track-path=${track}`, `--target-hosts=${cluster.where}`], { environment: { PATH: path } })
        assert.equal(ended.code, 64, ended.stderr)
        assert.match(errorOf(ended), new RegExp(`\\[.*chaos/documents\\.json\\.${format}\\] is corrupt or cannot be decompressed: .+`))
        assert.match(ended.stderr, /\nHint: delete \[.*\] so that it is fetched anew/)
        assert.deepEqual(readdirSync(track).sort(), [`documents.json.${format}`, 'track.json'])
      }
      assert.equal(cluster.requests.length, 0)
    })
  }
}

/** With a bit in the middle turned. */
function damaged(whole: Buffer): Buffer {
  const bytes = Buffer.from(whole)
  const at = Math.floor(bytes.length / 2)
  bytes.writeUInt8(bytes.readUInt8(at) ^ 0x10, at)
  return bytes
}

test('a line that is no JSON is a failed document of its bulk, told with the answer of the server', async () => {
  const documents = smallDocuments(30)
  documents[17] = '{"n":17'
  const track = writeTrack({ schedule: [bulkTask()], documents })
  const ended = await raceToEnd([`--track-path=${track}`, '--pipeline=embedded'])
  assert.equal(ended.code, 0, ended.stderr)
  const account = accountOf(readRace(ended.home), 'fill')
  assert.deepEqual([account.ok, account.failed], [2, 1])
  assert.match(ended.stdout, /1 × bulk-item/)
})
