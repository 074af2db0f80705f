import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { join } from 'node:path'
import test from 'node:test'
import { RallyError } from '../../../src/core/errors.ts'
import { bundledTracksDir, trackNames } from '../../../src/track/track-names.ts'
import { listTracks } from '../../../src/track/list-tracks.ts'
import { trackFolder } from './vectors.ts'

const bundled = trackNames(bundledTracksDir())

test('without a repository, the tracks that come with Rally are listed, and a word of it', async (t) => {
  const { tracks, warnings } = await listTracks({ repositoriesDir: join(trackFolder(t, {}), 'none'), repositoryUrls: {} })
  assert.deepEqual(
    tracks.map((track) => track.name),
    bundled
  )
  assert.ok(bundled.length > 0)
  assert.match(warnings.join('\n'), /there is no track repository \[default\]/)
})

test('the tracks of a repository come besides; a broken one does not hide the others', async (t) => {
  const root = trackFolder(t, {
    'tracks/default/good/track.json': { schedule: [{ operation: 'refresh' }] },
    'tracks/default/deep/er/track.json': { schedule: [{ operation: 'refresh' }] },
    'tracks/default/broken/track.json': '{'
  })
  execFileSync('git', ['init', '--quiet', join(root, 'tracks/default')])
  const { tracks, warnings } = await listTracks({ repositoriesDir: join(root, 'tracks'), repositoryUrls: {}, offline: true })
  assert.deepEqual(
    tracks.map((track) => track.name),
    [...bundled, 'deep/er', 'good'].sort()
  )
  assert.equal(warnings.length, 1)
  assert.match(warnings[0] ?? '', /^track \[broken\] cannot be loaded: track\.json:1: /)
})

test('a path lists the one track there', async (t) => {
  const path = trackFolder(t, { 'track.json': { schedule: [{ operation: 'refresh' }] } })
  assert.deepEqual(
    (await listTracks({ path, repositoriesDir: path, repositoryUrls: {} })).tracks.map((track) => track.name),
    ['vec']
  )
  await assert.rejects(listTracks({ path: join(path, 'x'), repositoriesDir: path, repositoryUrls: {} }), RallyError)
})
