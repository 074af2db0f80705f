import assert from 'node:assert/strict'
import { join } from 'node:path'
import test from 'node:test'
import { missingDataFiles } from '../../../src/track/check-corpora.ts'
import { loadTrack } from '../../../src/track/load-track.ts'
import { mistakeText } from '../../../src/track/mistake.ts'
import { trackFolder } from './vectors.ts'

const files = ['plain.json', 'packed.json.bz2', 'unpacked.json.gz', 'far.json', 'none.json', 'folder.json']

test('a data file that is nowhere, and has no address, is a mistake; offline, an address is of no help', async (t) => {
  const documents = files.map((file) => ({
    'source-file': file,
    'document-count': 1,
    ...(file === 'far.json' ? { 'base-url': 'http://localhost' } : {})
  }))
  const folder = trackFolder(t, {
    'track.json': { indices: [{ name: 'i' }], corpora: [{ name: 'c', documents }], schedule: [{ operation: 'refresh' }] },
    'plain.json': '',
    'folder.json/x': '',
    'cache/packed.json.bz2': '',
    'cache/unpacked.json': ''
  })
  const { track } = await loadTrack({ source: { path: folder, repositoriesDir: folder, repositoryUrls: {} } })
  const dirsOf = (): string[] => [folder, join(folder, 'cache')]
  const missing = (offline: boolean): string[] => missingDataFiles(track, { dirsOf, offline }).map(mistakeText)
  const where = `is in none of [${folder}, ${folder}/cache]`
  const nowhere = [4, 5].map(
    (i) =>
      `corpora[0].documents[${i}].source-file: data file [${files[i]}] of corpus [c] ${where}, and there is no [base-url] to fetch it from`
  )
  assert.deepEqual(missing(false), nowhere)
  assert.deepEqual(missing(true), [
    `corpora[0].documents[3].source-file: data file [far.json] of corpus [c] ${where}, and --offline forbids to fetch it`,
    ...nowhere
  ])
  assert.deepEqual(missingDataFiles(track, { dirsOf, offline: false, used: [] }), [])
})
