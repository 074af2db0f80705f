import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { fit, widthOf } from '../../../src/cli/display-width.ts'
import { grouped, taskFigures, terminalLines, waitText } from '../../../src/cli/progress-text.ts'
import type { RaceProgress, TaskProgress } from '../../../src/coordinator/race-request.ts'

const TASK: TaskProgress = {
  task: 'term',
  completed: 0.437,
  phase: 'measure',
  throughput: 1234.4,
  unit: 'docs',
  p50Ms: 3.2,
  p99Ms: 12.06,
  requests: 99,
  errors: 2
}
const progress = (tasks: readonly TaskProgress[], more: Partial<RaceProgress> = {}): RaceProgress => ({
  step: 0,
  steps: 1,
  waitingFor: null,
  waitingSeconds: 0,
  troubles: [],
  tasks,
  ...more
})

test('a line holds name, bar, percent, throughput, median, tail and errors', () => {
  assert.deepEqual(terminalLines(progress([TASK]), 120, 10), [
    'term      [=========           ]   43 %    1,234 docs/s   p50 3.20 ms   p99 12.1 ms            2 errors'
  ])
})

test('where there is little room, the errors and the percentage stay longest', () => {
  assert.deepEqual(terminalLines(progress([TASK]), 80, 10), ['term       43 %    1,234 docs/s   p50 3.20 ms   p99 12.1 ms   2 errors'])
  assert.deepEqual(terminalLines(progress([TASK]), 30, 10), ['term       43 %   2 errors'])
  assert.deepEqual(terminalLines(progress([TASK]), 9, 10), ['term'])
})

test('a task without a known end shows its requests in words', () => {
  assert.equal(taskFigures({ ...TASK, completed: null, p50Ms: null, p99Ms: null, errors: 1 }), '99 requests, 1,234 docs/s, 1 error')
})

test('more tasks than lines end in a count of the rest', () => {
  const lines = terminalLines(progress(Array.from({ length: 30 }, (_, i) => ({ ...TASK, task: `t${i}` }))), 100, 5)
  assert.equal(lines.length, 5)
  assert.equal(lines[4], '… and 26 more')
})

test('what the race waits for is said from the third second on', () => {
  assert.equal(waitText(progress([], { waitingFor: 'corpus x', waitingSeconds: 2.9 })), null)
  assert.equal(waitText(progress([], { waitingFor: 'corpus\u001b[2J x', waitingSeconds: 3.5 })), 'Waiting for corpus\\x1b[2J x (3 s)')
})

test('no line is wider than the terminal, nor are there more than fit, whatever the tasks are called', () => {
  const task = fc.record({
    task: fc.string({ unit: 'grapheme', maxLength: 60 }),
    completed: fc.option(fc.double({ min: -1, max: 2, noNaN: true })),
    phase: fc.constantFrom('warmup', 'measure', 'done'),
    throughput: fc.double({ min: 0, max: 1e12, noNaN: true }),
    unit: fc.string({ maxLength: 10 }),
    p50Ms: fc.option(fc.double({ min: 0, max: 1e7, noNaN: true })),
    p99Ms: fc.option(fc.double({ min: 0, max: 1e7, noNaN: true })),
    requests: fc.nat(),
    errors: fc.nat()
  }) as fc.Arbitrary<TaskProgress>
  fc.assert(
    fc.property(
      fc.array(task, { maxLength: 12 }),
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 2, max: 20 }),
      (tasks, width, height) => {
        const lines = terminalLines(progress(tasks, { waitingFor: '漢字漢字漢字', waitingSeconds: 9 }), width, height)
        assert.ok(lines.length <= height)
        for (const line of lines)
          assert.ok(widthOf(line) <= width && !line.includes('\n') && !line.includes('\u001b'), JSON.stringify(line))
      }
    )
  )
})

test('wide letters count twice, marks not at all; a text is cut or filled to its columns', () => {
  assert.equal(widthOf('漢字'), 4)
  assert.equal(widthOf('e\u0301👍🏽'), 3)
  assert.equal(fit('abc', 5), 'abc  ')
  assert.equal(fit('abcdef', 4), 'abc…')
  assert.equal(fit('漢字漢字', 4), '漢… ')
  fc.assert(
    fc.property(fc.string({ unit: 'grapheme' }), fc.integer({ min: 0, max: 30 }), (text, width) =>
      assert.equal(widthOf(fit(text, width)), width)
    )
  )
})

test('numbers are grouped by thousands', () => {
  assert.deepEqual([0, 999, 1000, 1234567].map(grouped), ['0', '999', '1,000', '1,234,567'])
})
