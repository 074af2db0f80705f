// Runs the compiled tests: all of them, or those whose path contains one of the given words.
import { spawnSync } from 'node:child_process'
import { readdirSync } from 'node:fs'
import { join } from 'node:path'

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
const flags = ['--enable-source-maps', '--test', '--test-concurrency=2', `--test-timeout=${FILE_DEADLINE_MS}`]
const run = spawnSync(process.execPath, [...flags, ...files], { stdio: 'inherit' })
process.exit(run.status ?? 1)
