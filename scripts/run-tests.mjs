// Runs the compiled tests: all of them, or those whose path contains one of the given words.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { basename, join } from 'node:path'

const root = 'dist-test/test'
const words = process.argv.slice(2)
const files = readdirSync(root, { recursive: true })
  .map((file) => join(root, String(file)))
  .filter((file) => file.endsWith('.test.js') && !file.includes('/servers/'))
  .filter((file) => words.length === 0 || words.some((word) => file.includes(word)))
  .sort()
if (files.length === 0) {
  console.error(`no test file matches ${words.join(' ')}`)
  process.exit(1)
}
// A file that hangs is a failure, not an endless run; the longest takes a minute on an idle machine.
const FILE_DEADLINE_MS = 420_000
// Two files at a time disturb each other's clocks on two cores; a test that this made fail passes by itself, a mistake does
// not. More tests than this fail together only by a mistake.
const MAX_DISTURBED = 3

const folder = mkdtempSync(join(tmpdir(), 'rally-tests-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

/** Exit code of the run, and every test's outcome. */
function run(chosen, concurrency) {
  const list = join(folder, 'outcomes')
  const isTerminal = process.stdout.isTTY === true
  const reporters = [
    [isTerminal ? 'spec' : 'tap', 'stdout'],
    [new URL('test-outcomes.mjs', import.meta.url).href, list]
  ].flatMap(([reporter, to]) => [`--test-reporter=${reporter}`, `--test-reporter-destination=${to}`])
  const flags = ['--enable-source-maps', '--test', `--test-concurrency=${concurrency}`, `--test-timeout=${FILE_DEADLINE_MS}`]
  const { status } = spawnSync(process.execPath, [...flags, ...reporters, ...chosen], { stdio: 'inherit' })
  const lines = readFileSync(list, 'utf8').split('\n')
  return { status: status ?? 1, outcomes: lines.filter((line) => line !== '').map((line) => JSON.parse(line)) }
}

/** The test files that may hold a test which stands in `file`: that one, or those that import it. */
function testFilesOf({ file }) {
  const name = basename(file).replace(/\.ts$/, '.js')
  const itself = files.filter((path) => basename(path) === name)
  return itself.length > 0 ? itself : files.filter((path) => readFileSync(path, 'utf8').includes(`/${name}'`))
}

const first = run(files, 2)
const failed = first.outcomes.filter(({ isOk }) => !isOk)
const again = [...new Set(failed.flatMap(testFilesOf))]
if (first.status === 0 || files.length === 1 || again.length === 0 || failed.length > MAX_DISTURBED) process.exit(first.status)
const names = failed.map(({ name }) => `\n  ${name}`).join('')
console.error(`\nfailed beside other tests; run once more by themselves:${names}`)
const second = run(again, 1)
const passed = new Set(second.outcomes.filter(({ isOk }) => isOk).map(({ name }) => name))
if (second.status !== 0 || !failed.every(({ name }) => passed.has(name))) process.exit(second.status === 0 ? 1 : second.status)
console.error(`\nunsteady, passed only by themselves; mend these tests:${names}`)
