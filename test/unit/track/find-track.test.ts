import assert from 'node:assert/strict'
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import test from 'node:test'
import { RallyError } from '../../../src/core/errors.ts'
import { findTrack, trackAtPath } from '../../../src/track/find-track.ts'
import { bundledTracksDir, trackNames } from '../../../src/track/track-names.ts'
import { trackFolder } from './vectors.ts'

const refuses = (path: string, words: RegExp): void => {
  assert.throws(
    () => trackAtPath(path),
    (error) => error instanceof RallyError && error.kind === 'track' && words.test(`${error.message} ${error.hint}`),
    path
  )
}

test('a track path is a folder with a track.json, or a JSON file', (t) => {
  const dir = trackFolder(t, { 'track.json': '{}', 'other.json': '{}', 'track.txt': '{}' })
  assert.deepEqual(trackAtPath(dir), { name: 'vec', dir, file: join(dir, 'track.json'), origin: 'path', revision: null, warnings: [] })
  assert.equal(trackAtPath(`${dir}/`).name, 'vec')
  assert.equal(trackAtPath(join(dir, 'other.json')).name, 'other')
  assert.equal(trackAtPath(join(dir, 'other.json')).dir, dir)
  refuses(join(dir, 'track.txt'), /has to be a JSON file/)
  refuses(join(dir, 'trakc.json'), /does not exist.*did you mean \[track\.json\]/)
  refuses(join(dir, 'track.json/x'), /does not exist/)
  refuses('/dev/null', /neither a file nor a folder/)
})

test('a folder without a track file names the tracks below it', (t) => {
  const dir = trackFolder(t, { 'one/track.json': '{}', 'two/deep/track.json': '{}', '.git/track.json': '{}' })
  refuses(dir, /could not find track\.json.*one, two\/deep/)
  assert.deepEqual(trackNames(dir), ['one', 'two/deep'])
  mkdirSync(join(dir, 'track.json'))
  refuses(dir, /is a folder, not a file/)
})

test('a folder that may not be read says so', (t) => {
  const dir = trackFolder(t, { 'in/track.json': '{}' })
  if (process.getuid?.() === 0) return t.skip('the superuser may read everything')
  chmodSync(join(dir, 'in'), 0)
  refuses(join(dir, 'in'), /cannot be read \(EACCES\)/)
  chmodSync(join(dir, 'in'), 0o755)
})

test('tracks that come with Rally need no repository, unless another one is asked for', async (t) => {
  assert.ok(existsSync(join(bundledTracksDir(), '..', 'package.json')))
  const source = { repositoriesDir: join(trackFolder(t, {}), 'none'), repositoryUrls: {} }
  const bundled = trackNames(bundledTracksDir())
  for (const name of bundled) assert.equal((await findTrack({ ...source, name })).origin, 'bundled')
  await assert.rejects(findTrack({ ...source, name: 'citis' }), (error) => {
    if (!(error instanceof RallyError)) return false
    if (bundled.includes('cities')) assert.match(error.message, /did you mean \[cities\]/)
    return /there is no track repository \[default\]/.test(error.message)
  })
  await assert.rejects(findTrack({ ...source, name: bundled[0] ?? 'x', repository: 'mine' }), /there is no track repository \[mine\]/)
  await assert.rejects(findTrack({ ...source, name: 'x', repository: '../..' }), /no name of a track repository/)
})

test('a track path in a folder with any name gives the track that name', (t) => {
  const dir = trackFolder(t, {}, 'naïve träck')
  writeFileSync(join(dir, 'track.json'), '{}')
  assert.equal(trackAtPath(dir).name, 'naïve träck')
})
