import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test, type TestContext } from 'node:test'
import { trackFiles } from '../../../src/coordinator/track-files.ts'
import { buildTrack } from '../../helpers/build-track.ts'
import { trackFromJson } from '../../corpora-from-json.ts'

function trackIn(t: TestContext, names: readonly string[], hasPlugins = false): { root: string; paths: () => Promise<string[]> } {
  const root = mkdtempSync(join(tmpdir(), 'rally-track-'))
  t.after(() => rmSync(root, { recursive: true }))
  for (const name of names) {
    mkdirSync(dirname(join(root, name)), { recursive: true })
    writeFileSync(join(root, name), name)
  }
  const { corpora } = trackFromJson({ indices: [{ name: 'i' }], corpora: [{ name: 'c', documents: [{ 'source-file': 'data/d.json.bz2', 'document-count': 1 }] }] })
  const track = { ...buildTrack([], { corpora, hasPlugins }), root }
  return { root, paths: async () => (await trackFiles(track, new AbortController().signal)).map(({ path }) => path) }
}

test('the track’s own files are sent, in order; not its data, nor what is made from them, nor what is hidden', async (t) => {
  const data = ['data/d.json', 'data/d.json.bz2', 'data/d.json.offset', 'old.json.gz']
  const { paths } = trackIn(t, ['track.json', 'track.py', 'parts/b.json', 'parts/a.json', '.git/config', '__pycache__/track.pyc', ...data])
  assert.deepEqual(await paths(), ['parts/a.json', 'parts/b.json', 'track.json', 'track.py'])
})

test('names that no other disk could hold are refused for a track with code, and of no matter to others', async (t) => {
  assert.deepEqual(await trackIn(t, ['track.json', 'README.md', 'readme.md', 'a\\b']).paths(), [])
  await assert.rejects(trackIn(t, ['track.py', 'README.md', 'readme.md'], true).paths(), /\[readme\.md\] .*: it is the same as \[README\.md\]/)
  assert.deepEqual(await trackIn(t, ['track.py', 'a\\b', 'a\nb'], true).paths(), ['track.py'])
})

test('a link to a file of the track is sent as that file; what lies elsewhere is not', async (t) => {
  const { root, paths } = trackIn(t, ['track.json', 'parts/a.json'])
  symlinkSync(join(root, 'track.json'), join(root, 'again.json'))
  symlinkSync('/etc/passwd', join(root, 'outside.json'))
  symlinkSync(root, join(root, 'parts', 'round'))
  symlinkSync('/nowhere', join(root, 'dead.json'))
  assert.deepEqual(await paths(), ['again.json', 'parts/a.json', 'track.json'])
})

test('a folder that is more than a track is refused with the file that is too much; where no code reads it, it just stays', async (t) => {
  const plain = trackIn(t, ['track.json', 'vm.img'])
  truncateSync(join(plain.root, 'vm.img'), 65 * 2 ** 20)
  assert.deepEqual(await plain.paths(), [])
  const { root, paths } = trackIn(t, ['track.json', 'track.py', 'vm.img'], true)
  truncateSync(join(root, 'vm.img'), 65 * 2 ** 20)
  await assert.rejects(paths(), { kind: 'track', message: /more than the 2000 files or 64 MB .*: \[vm\.img\] is too much/ })
})
