import assert from 'node:assert/strict'
import { test } from 'node:test'
import { plainDisplay, terminalDisplay, type RaceDisplay } from '../../../src/cli/live-display.ts'
import { widthOf } from '../../../src/cli/display-width.ts'
import { Output } from '../../../src/cli/output.ts'
import type { RaceProgress, TaskProgress } from '../../../src/coordinator/race-request.ts'

interface Shown {
  readonly display: RaceDisplay
  readonly lines: string[]
  readonly at: (ms: number) => void
}

function shown(isQuiet = false): Shown {
  const lines: string[] = []
  const stream = { write: (text: string) => lines.push(...text.split('\n').slice(0, -1)) > 0, on: () => undefined }
  const output = new Output({ stdout: stream, stderr: stream, environment: {}, onStdoutError: () => undefined })
  output.isQuiet = isQuiet
  let nowMs = 0
  const display = plainDisplay(output, { monotonicMs: () => nowMs, wallMs: () => nowMs })
  return { display, lines, at: (ms) => (nowMs = ms) }
}

const task = (name: string, phase: TaskProgress['phase'], more: Partial<TaskProgress> = {}): TaskProgress => ({
  task: name,
  completed: 0.5,
  phase,
  throughput: 10,
  unit: 'ops',
  p50Ms: 1,
  p99Ms: 2,
  requests: 1000,
  errors: 0,
  ...more
})
const progress = (step: number, tasks: readonly TaskProgress[], more: Partial<RaceProgress> = {}): RaceProgress => ({
  step,
  steps: 3,
  waitingFor: null,
  waitingSeconds: 0,
  troubles: [],
  tasks,
  ...more
})

test('off a terminal a task is told of at its start, about every ten seconds, and at its end', () => {
  const { display, lines, at } = shown()
  for (let ms = 0; ms <= 21_000; ms += 250) {
    at(ms)
    display.progress(progress(0, [task('a', 'measure')]))
  }
  display.progress(progress(0, [task('a', 'done', { requests: 1234, errors: 1 })]))
  display.progress(progress(0, [task('a', 'done', { requests: 1234, errors: 1 })]))
  display.end()
  assert.deepEqual(lines, [
    '[INFO] Running a',
    '[INFO] Running a: 50 %, 10.0 ops/s, p50 1.00 ms, p99 2.00 ms, 0 errors',
    '[INFO] Running a: 50 %, 10.0 ops/s, p50 1.00 ms, p99 2.00 ms, 0 errors',
    '[INFO] Running a [100% done]: 1,234 requests, 1 error'
  ])
})

test('a task whose end was not seen ends with its step, or with the race', () => {
  const { display, lines } = shown()
  display.progress(progress(0, [task('a', 'measure')]))
  display.progress(progress(1, [task('b', 'warmup', { completed: 0.1 })]))
  display.end()
  assert.deepEqual(lines, [
    '[INFO] Running a',
    '[INFO] Running a [50% done]: 1,000 requests',
    '[INFO] Running b',
    '[INFO] Running b [10% done]: 1,000 requests'
  ])
})

test('what the race waits for is said once in ten seconds', () => {
  const { display, lines, at } = shown()
  for (let ms = 0; ms <= 14_000; ms += 500) {
    at(ms)
    display.progress(progress(0, [], { waitingFor: 'data of cities', waitingSeconds: ms / 1000 }))
  }
  assert.deepEqual(lines, ['[INFO] Waiting for data of cities (3 s)', '[INFO] Waiting for data of cities (13 s)'])
})

test('on a terminal the running tasks change in place, and those that are done stay above', async () => {
  const writes: string[] = []
  const terminal = { isTTY: true, columns: 60, rows: 24, write: (text: string) => writes.push(text) > 0, on: () => undefined }
  const output = new Output({ stdout: terminal, stderr: terminal, environment: { NO_COLOR: '1' }, onStdoutError: () => undefined })
  const display = await terminalDisplay(output, terminal as unknown as NodeJS.WriteStream)
  display.progress(progress(0, [task('漢字'.repeat(40), 'measure'), task('b', 'measure')]))
  display.warning('careful')
  display.progress(progress(0, [task('漢字'.repeat(40), 'measure'), task('b', 'done')]))
  display.end()
  const text = writes.join('').replaceAll(/\u001b\[[0-9;?]*[A-Za-z]/g, '')
  for (const line of text.split('\n')) if (!line.includes('[INFO]')) assert.ok(widthOf(line) <= 60, line)
  assert.match(text, /\[WARNING\] careful\n/)
  assert.match(text, /\[INFO\] Running b \[100% done\]: 1,000 requests\n/)
  assert.match(text, /\[INFO\] Running 漢字.* \[50% done\]: 1,000 requests\n$/)
})

test('quiet says nothing of the progress, and infos and warnings of the race neither', () => {
  const { display, lines } = shown(true)
  display.progress(progress(0, [task('a', 'measure')]))
  display.info('x')
  display.warning('y')
  display.end()
  assert.deepEqual(lines, [])
})

test('a name out of a track cannot break the line', () => {
  const { display, lines } = shown()
  display.progress(progress(0, [task('a\n[ERROR] \u001b[2J', 'measure')]))
  assert.deepEqual(lines, ['[INFO] Running a [ERROR] \\x1b[2J'])
})
