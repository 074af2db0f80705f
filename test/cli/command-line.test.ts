import assert from 'node:assert/strict'
import { spawnSync } from 'node:child_process'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { COMMANDS } from '../../src/cli/command-table.ts'
import { environmentOf, MAIN, rally, temporaryFolder } from './run-rally.ts'

test('rally --version prints name and version, and nothing else', async () => {
  const { version } = JSON.parse(readFileSync('package.json', 'utf8')) as { version: string }
  const { code, stdout, stderr } = await rally(['--version'])
  assert.equal(code, 0)
  assert.match(stdout, new RegExp(`^rally ${version.replaceAll('.', '\\.')}( \\(git revision: [0-9a-f]{7}\\))?\n$`))
  assert.equal(stderr, '')
})

test('rally --version loads two modules of ours and no package', () => {
  const sources = [MAIN, 'dist-test/src/core/version.js'].map((file) => readFileSync(file, 'utf8'))
  const imported = sources.flatMap((source) => [...source.matchAll(/^import .* from '([^']+)'/gm)].map(([, name]) => name))
  assert.deepEqual(imported, ['../core/version.js', 'node:fs', 'node:path'])
})

test('rally alone prints its commands and ends well', async () => {
  const { code, stdout, stderr } = await rally([])
  assert.equal(code, 0)
  assert.equal(stderr, '')
  for (const { name } of COMMANDS) assert.ok(stdout.includes(name), name)
})

for (const { name } of COMMANDS.filter(({ state }) => state === 'served')) {
  test(`rally ${name} --help names each of its flags, with examples`, async () => {
    const { code, stdout, stderr } = await rally([name, '--help', '--nonsense'])
    assert.equal(code, 0)
    assert.equal(stderr, '')
    for (const flag of COMMANDS.find((spec) => spec.name === name)!.flags) assert.ok(stdout.includes(`--${flag.name}`), flag.name)
    assert.match(stdout, new RegExp(`Examples:\n  rally ${name}`))
    for (const line of stdout.split('\n').filter((one) => !one.startsWith('  rally'))) assert.ok(line.length <= 100, line)
  })
}

test('every mistake of a line comes at once, on stderr, with exit code 2', async () => {
  const { code, stdout, stderr } = await rally([
    'race',
    '--trak=x',
    '--car=y',
    '--on-error=never',
    '--race-id=../x',
    '--track-params=a',
    '--target-hosts=a:b,',
    '--http-engine=curl'
  ])
  assert.equal(code, 2)
  assert.equal(stdout, '')
  assert.equal(
    stderr,
    `[ERROR] Cannot race: 7 mistakes
  - unknown flag --trak, did you mean --track?
  - --car is not supported yet
  - --track-params: "a" is not of the form key:value
  - --target-hosts: "a:b" has "b" for a port; an IPv6 address stands in brackets: [::1]:9200
  - --http-engine: "curl" is none of undici, lean
  - --on-error: "never" is none of continue, continue-on-network, abort
  - --race-id: "../x" cannot name a folder: letters, digits, dots, dashes and underscores only
Hint: run \`rally race --help\`
`
  )
})

test('what is not served yet is refused by name with exit code 2', async () => {
  for (const line of [
    ['bootstrap'],
    ['race', '--track=cities', '--telemetry=jfr'],
    ['list', 'cars'],
    ['race', '--track=cities', '--pipeline=docker']
  ]) {
    const { code, stderr } = await rally(line)
    assert.equal(code, 2, line.join(' '))
    assert.match(stderr, /not supported yet/)
  }
})

test('a broken rally.ini is one message with every mistake, and exit code 64', async () => {
  const home = temporaryFolder()
  mkdirSync(join(home, '.rally'))
  writeFileSync(join(home, '.rally', 'rally.ini'), '[meta]\nconfig.version = 12\n[system]\navailable.cores = -1\n')
  const { code, stderr } = await rally(['list', 'races'], { home })
  assert.equal(code, 64)
  assert.match(
    stderr,
    /\[ERROR\] Cannot list: 2 mistakes in .*rally\.ini\n {2}- .*:4: .*available\.cores.*\n {2}- .*:2: .*too old.*\nHint: .*rally\.ini\.example\nLog: .*rally\.log\n/
  )
})

test('escapes out of the line and the ini do not reach the terminal', async () => {
  const { stderr } = await rally(['\u001b[2Jx'])
  assert.ok(!stderr.includes('\u001b'))
})

test('a pipe that nobody reads ends the program quietly, as shells expect', () => {
  const shell = `${process.execPath} ${MAIN} race --help | true; echo "\${PIPESTATUS[0]}"`
  for (let i = 0; i < 3; i++) {
    const { stdout, stderr } = spawnSync('bash', ['-c', shell], { env: environmentOf(), encoding: 'utf8' })
    assert.ok(['0\n', '141\n'].includes(stdout), stdout)
    assert.equal(stderr, '')
  }
})

test('a full disk behind stdout is an error with exit code 64', { skip: existsSync('/dev/full') ? false : 'no /dev/full here' }, () => {
  const { status, stderr } = spawnSync('bash', ['-c', `${process.execPath} ${MAIN} list pipelines > /dev/full`], {
    env: environmentOf(),
    encoding: 'utf8'
  })
  assert.equal(status, 64)
  assert.match(stderr, /ENOSPC/)
})
