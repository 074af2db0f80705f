import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { environmentOf, MAIN, rally, temporaryFolder, type Ended } from './run-rally.ts'

const keyOf = (home: string): string => join(home, '.rally', 'cluster', 'key')

/** Runs a command whose stdin holds `input`. */
function rallyWith(input: string, line: readonly string[], home: string): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...line], { env: environmentOf({ home }), stdio: 'pipe' })
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', (text: string) => (texts[name] += text))
  child.stdin.on('error', () => undefined).end(input)
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, ...texts })))
}

test('a key goes from the coordinator to a node through a pipe, and is found there by its owner only', async () => {
  const [here, there] = [temporaryFolder(), temporaryFolder()]
  const created = await rally(['cluster', 'key', 'create'], { home: here })
  assert.deepEqual([created.code, created.stderr], [0, ''])
  assert.ok(created.stdout.includes(keyOf(here)))
  const exported = await rally(['cluster', 'key', 'export', '--node', 'a'], { home: here })
  assert.equal(exported.stderr, '')
  assert.match(exported.stdout, /^rally-node-key a [\w-]{43} [0-9a-f]{8}\n$/)
  const imported = await rallyWith(exported.stdout, ['cluster', 'key', 'import'], there)
  assert.deepEqual([imported.code, imported.stderr], [0, ''])
  assert.match(imported.stdout, /the key of node a now/)
  assert.equal(readFileSync(keyOf(there), 'utf8'), exported.stdout)
  assert.equal(statSync(keyOf(there)).mode & 0o777, 0o600)
  const again = await rallyWith(exported.stdout, ['cluster', 'key', 'import'], there)
  assert.equal(again.code, 0)
  // The log of each machine tells of the commands, and of no key.
  const secrets = [created, exported, imported].map(({ stdout }) => stdout.split(' ')[2]!)
  for (const home of [here, there]) {
    const log = join(home, '.rally', 'logs', 'rally.log')
    if (existsSync(log)) for (const secret of secrets) assert.ok(!readFileSync(log, 'utf8').includes(secret))
  }
})

test('a key is replaced with --force only, and what is no key is named', async () => {
  const [here, there] = [temporaryFolder(), temporaryFolder()]
  await rally(['cluster', 'key', 'create'], { home: here })
  const first = await rally(['cluster', 'key', 'export', '--node=a'], { home: here })
  const twice = await rally(['cluster', 'key', 'create'], { home: here })
  assert.equal(twice.code, 64)
  assert.match(twice.stderr, /exists already[\s\S]*--force/)
  assert.equal((await rally(['cluster', 'key', 'create', '--force'], { home: here })).code, 0)
  const second = await rally(['cluster', 'key', 'export', '--node=a'], { home: here })
  assert.notEqual(second.stdout, first.stdout)
  await rallyWith(first.stdout, ['cluster', 'key', 'import'], there)
  assert.equal((await rallyWith(second.stdout, ['cluster', 'key', 'import'], there)).code, 64)
  assert.equal(readFileSync(keyOf(there), 'utf8'), first.stdout)
  assert.equal((await rallyWith(second.stdout, ['cluster', 'key', 'import', '--force'], there)).code, 0)
  for (const [input, words] of [
    ['', /no key came over stdin/],
    [second.stdout.slice(0, -12), /not a line of `rally cluster key export`/],
    [readFileSync(keyOf(here), 'utf8'), /stays on the coordinator/]
  ] as const) {
    const ended = await rallyWith(input, ['cluster', 'key', 'import', '--force'], there)
    assert.equal(ended.code, 64)
    assert.match(ended.stderr, words)
  }
  assert.equal(readFileSync(keyOf(there), 'utf8'), second.stdout)
})

test('who has no key, only a node’s, or one that others can read, is told what to do', async () => {
  const home = temporaryFolder()
  const none = await rally(['cluster', 'key', 'export', '--node=a'], { home })
  assert.equal(none.code, 64)
  assert.match(none.stderr, /there is no key in .*key[\s\S]*rally cluster key create/)
  assert.equal((await rally(['cluster', 'key', 'export'], { home })).code, 2)
  assert.equal((await rally(['cluster', 'key'], { home })).code, 2)
  assert.equal((await rally(['cluster', 'key', 'export', '--node=a b'], { home })).code, 2)
  await rally(['cluster', 'key', 'create'], { home })
  const { stdout } = await rally(['cluster', 'key', 'export', '--node=b'], { home })
  chmodSync(keyOf(home), 0o644)
  const open = await rally(['cluster', 'key', 'export', '--node=a'], { home })
  assert.equal(open.code, 64)
  assert.match(open.stderr, /is open to others \(mode 644\)[\s\S]*chmod 600/)
  const node = temporaryFolder()
  await rallyWith(stdout, ['cluster', 'key', 'import'], node)
  const only = await rally(['cluster', 'key', 'export', '--node=a'], { home: node })
  assert.equal(only.code, 64)
  assert.match(only.stderr, /has the key of node b only/)
})
