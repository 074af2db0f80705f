// Runs the compiled tests: all of them, or those whose path contains one of the given words.
import { spawnSync } from 'node:child_process'
import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'

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
// not. More files than this fail together only by a mistake.
const MAX_DISTURBED = 3

const folder = mkdtempSync(join(tmpdir(), 'rally-tests-'))
process.on('exit', () => rmSync(folder, { recursive: true, force: true }))

/** Exit code of the run, and the files that failed. */
function run(chosen, concurrency) {
  const list = join(folder, 'failed')
  const isTerminal = process.stdout.isTTY === true
  const reporters = [
    [isTerminal ? 'spec' : 'tap', 'stdout'],
    [new URL('failed-files.mjs', import.meta.url).href, list]
  ].flatMap(([reporter, to]) => [`--test-reporter=${reporter}`, `--test-reporter-destination=${to}`])
  const flags = ['--enable-source-maps', '--test', `--test-concurrency=${concurrency}`, `--test-timeout=${FILE_DEADLINE_MS}`]
  const { status } = spawnSync(process.execPath, [...flags, ...reporters, ...chosen], { stdio: 'inherit' })
  const failed = readFileSync(list, 'utf8')
    .split('\n')
    .filter((file) => file !== '')
  return { status: status ?? 1, failed: failed.map(compiled) }
}

/** The reporter names a test's source where the compiled file has a map. */
function compiled(file) {
  const path = relative('.', file)
  return path.startsWith('dist-test') ? path : join('dist-test', path.replace(/\.ts$/, '.js'))
}

const first = run(files, 2)
if (first.status === 0 || files.length === 1 || first.failed.length === 0 || first.failed.length > MAX_DISTURBED) process.exit(first.status)
console.error(`\nfailed beside other tests, run once more by themselves: ${first.failed.join(', ')}`)
const second = run(first.failed, 1)
if (second.status === 0) console.error(`\nunsteady, passed only by themselves: ${first.failed.join(', ')}: mend these tests`)
process.exit(second.status)
