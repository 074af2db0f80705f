import assert from 'node:assert/strict'
import { execFileSync, spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { RallyError } from '../../../src/core/errors.ts'
import { findTrack, type TrackSource } from '../../../src/track/find-track.ts'
import { git, GitFailure } from '../../../src/track/git.ts'
import { openRepository, type RepositoryRequest } from '../../../src/track/track-repository.ts'

const identity = ['-c', 'user.name=t', '-c', 'user.email=t@example.org', '-c', 'init.defaultBranch=master', '-c', 'commit.gpgsign=false']

interface Place {
  readonly remote: string
  readonly request: RepositoryRequest
  run(dir: string, ...args: string[]): string
  commit(text: string): void
  read(): string
}

/** A remote with branches `master`, `8`, `8.2` and tag `v7.17.0`; each holds a track `a/b` that names its branch. */
function place(t: TestContext): Place {
  const root = mkdtempSync(join(tmpdir(), 'rally-repository-'))
  t.after(() => rmSync(root, { recursive: true, force: true }))
  const remote = join(root, 'remote')
  const run = (dir: string, ...args: string[]): string =>
    execFileSync('git', [...identity, '-C', dir, ...args], { encoding: 'utf8', stdio: 'pipe' })
  mkdirSync(join(remote, 'a/b'), { recursive: true })
  run(remote, 'init', '--quiet')
  const commit = (text: string): void => {
    writeFileSync(join(remote, 'a/b/track.json'), JSON.stringify({ description: text, schedule: [{ operation: 'refresh' }] }))
    run(remote, 'add', '-A')
    run(remote, 'commit', '--quiet', '-m', text)
  }
  commit('old')
  run(remote, 'tag', 'v7.17.0')
  for (const branch of ['8', '8.2', 'master']) {
    run(remote, 'checkout', '--quiet', branch === 'master' ? 'master' : '-b', ...(branch === 'master' ? [] : [branch]))
    commit(branch)
  }
  const repositoriesDir = join(root, 'tracks')
  return {
    remote,
    request: { name: 'default', repositoriesDir, url: remote, revision: null, distributionVersion: null, offline: false },
    run,
    commit,
    read: () => (JSON.parse(readFileSync(join(repositoriesDir, 'default/a/b/track.json'), 'utf8')) as { description: string }).description
  }
}

const isTrackError = (words: RegExp) => (error: unknown) =>
  error instanceof RallyError && error.kind === 'track' && words.test(`${error.message} ${error.hint}`)

test('a repository is cloned once, then kept up to date, on the branch that fits the version', async (t) => {
  const at = place(t)
  const { warnings, revision } = await openRepository(at.request)
  assert.deepEqual(warnings, [])
  assert.equal(at.read(), 'master')
  assert.equal(revision, at.run(at.remote, 'rev-parse', 'master').trim())
  at.commit('newer')
  for (const [version, expected] of [
    ['8.15.0', '8.2'],
    ['8.1.0', '8'],
    ['9.0.0', 'newer'],
    ['serverless', 'newer']
  ] as const) {
    await openRepository({ ...at.request, distributionVersion: version })
    assert.equal(at.read(), expected, version)
  }
  assert.deepEqual(readdirSync(at.request.repositoriesDir), ['default'])
})

test('without a branch that fits, a tag is taken; without either, it says so', async (t) => {
  const at = place(t)
  // With `master` alone on this side, any version is newer than all branches.
  await openRepository({ ...at.request, distributionVersion: '7.17.0' })
  assert.equal(at.read(), 'master')
  await openRepository({ ...at.request, distributionVersion: '8.15.0' })
  await openRepository({ ...at.request, distributionVersion: '7.17.0' })
  assert.equal(at.read(), 'old')
  await assert.rejects(
    openRepository({ ...at.request, distributionVersion: '6.8.0' }),
    isTrackError(/neither a branch nor a tag for version \[6\.8\.0\]/)
  )
})

test('--track-revision takes branch, tag or commit, and names the nearest of what it does not know', async (t) => {
  const at = place(t)
  const hash = at.run(at.remote, 'rev-parse', '8').trim()
  for (const [revision, expected] of [
    ['8.2', '8.2'],
    ['v7.17.0', 'old'],
    [hash, '8'],
    [hash.slice(0, 9), '8']
  ] as const) {
    const { revision: head } = await openRepository({ ...at.request, revision })
    assert.equal(at.read(), expected, revision)
    assert.match(head ?? '', /^[0-9a-f]{40}$/)
  }
  await assert.rejects(openRepository({ ...at.request, revision: 'mastre' }), isTrackError(/did you mean \[master\]/))
  await assert.rejects(
    openRepository({ ...at.request, revision: '--orphan' }),
    (error) => error instanceof RallyError && error.kind === 'usage'
  )
})

test('a fetch that fails is a warning; local changes are kept and told of', async (t) => {
  const at = place(t)
  await openRepository(at.request)
  const dir = join(at.request.repositoriesDir, 'default')
  at.commit('newer')
  writeFileSync(join(dir, 'a/b/track.json'), '{"description": "mine"}')
  const changed = await openRepository(at.request)
  assert.match(changed.warnings.join('\n'), /local changes in \[.*keep track repository \[default\] from being updated/)
  assert.equal(at.read(), 'mine')
  at.run(dir, 'checkout', '--quiet', '.')
  rmSync(at.remote, { recursive: true })
  const { warnings } = await openRepository(at.request)
  assert.match(warnings.join('\n'), /track repository \[default\] is not up to date: could not fetch: .*; going on with what is here/)
})

test('commits of one’s own that collide leave no half-done rebase behind', async (t) => {
  const at = place(t)
  await openRepository(at.request)
  const dir = join(at.request.repositoriesDir, 'default')
  writeFileSync(join(dir, 'a/b/track.json'), '{"description": "mine"}')
  at.run(dir, 'commit', '--quiet', '-am', 'mine')
  at.commit('newer')
  const { warnings } = await openRepository(at.request)
  assert.equal(warnings.length, 1)
  assert.equal(at.read(), 'mine')
  assert.ok(!existsSync(join(dir, '.git/rebase-merge')) && !existsSync(join(dir, '.git/rebase-apply')))
})

test('offline, the working copy is taken as it is, and there must be one', async (t) => {
  const at = place(t)
  const offline = { ...at.request, offline: true, distributionVersion: '8.15.0' }
  await assert.rejects(openRepository(offline), isTrackError(/--offline forbids to clone/))
  await openRepository(at.request)
  await openRepository(offline)
  assert.equal(at.read(), 'master')
})

test('a clone that fails leaves nothing, and keeps secrets of the address to itself', async (t) => {
  const at = place(t)
  const url = `file://user:secret@localhost${at.remote}-nowhere`
  await assert.rejects(
    openRepository({ ...at.request, url }),
    (error) => error instanceof RallyError && /could not clone/.test(error.message) && !error.message.includes('secret')
  )
  assert.deepEqual(readdirSync(at.request.repositoriesDir), [])
})

test('a folder that is no repository, and no repository at all, say what to do', async (t) => {
  const at = place(t)
  await assert.rejects(openRepository({ ...at.request, url: null }), isTrackError(/there is no track repository \[default\].*default\.url/))
  mkdirSync(join(at.request.repositoriesDir, 'default'), { recursive: true })
  await assert.rejects(openRepository(at.request), isTrackError(/must be a git repository/))
})

test('every call of git has a deadline, and ends with what it started', async (t) => {
  const at = place(t)
  const started = performance.now()
  await assert.rejects(
    git(['-C', at.remote, '-c', 'alias.doze=!sleep 30', 'doze'], 'could not doze', { deadlineMs: 100 }),
    (error) => error instanceof GitFailure && /it took more than 0\.1 s/.test(error.message)
  )
  const aborter = new AbortController()
  const dozing = git(['-C', at.remote, '-c', 'alias.doze=!sleep 30', 'doze'], 'could not doze', { signal: aborter.signal })
  aborter.abort()
  await assert.rejects(dozing, (error) => error instanceof GitFailure && /it was cancelled/.test(error.message))
  assert.ok(performance.now() - started < 20_000)
})

test('a track is found by its name, in a folder of a folder too, with the nearest right name if not', async (t) => {
  const at = place(t)
  const source: TrackSource = { repositoriesDir: at.request.repositoriesDir, repositoryUrls: { default: at.remote } }
  const found = await findTrack({ ...source, name: 'a/b' })
  assert.equal(found.origin, 'repository')
  assert.equal(found.name, 'a/b')
  assert.match(found.revision ?? '', /^[0-9a-f]{40}$/)
  await assert.rejects(findTrack({ ...source, name: 'a/c' }), isTrackError(/there is no track \[a\/c\].*did you mean \[a\/b\]/))
  for (const name of ['../x', '/etc', 'a/../b', '']) {
    await assert.rejects(findTrack({ ...source, name }), (error) => error instanceof RallyError && error.kind === 'usage', name)
  }
})

test('what a killed clone left behind goes with the next one', async (t) => {
  const at = place(t)
  const child = spawnSync('true')
  mkdirSync(join(at.request.repositoriesDir, `default.partial-${child.pid}/x`), { recursive: true })
  mkdirSync(join(at.request.repositoriesDir, `default.partial-${process.ppid}/x`), { recursive: true })
  await openRepository(at.request)
  assert.deepEqual(readdirSync(at.request.repositoriesDir).sort(), ['default', `default.partial-${process.ppid}`])
})
