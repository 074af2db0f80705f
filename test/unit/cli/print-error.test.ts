import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Output } from '../../../src/cli/output.ts'
import { printError } from '../../../src/cli/print-error.ts'

function printed(error: unknown): { code: number; text: string } {
  let text = ''
  const stream = {
    isTTY: false,
    write: (more: string): boolean => {
      text += more
      return true
    },
    on: (): void => undefined
  }
  const output = new Output({ stdout: stream, stderr: stream, environment: {}, onStdoutError: () => undefined })
  return { code: printError(output, error, { command: 'race', prefix: 'Cannot race: ', logFile: null }), text }
}

test('a limit of open files that is too low is no bug: what to do is said', () => {
  const { code, text } = printed(Object.assign(new Error("EMFILE: too many open files, open 'x'"), { code: 'EMFILE' }))
  assert.equal(code, 64)
  assert.match(
    text,
    /^\[ERROR\] Cannot race: this process may not open another file \(EMFILE: .*\)\nHint: raise the limit of open files: `ulimit -n/
  )
})

test('any other error that is not ours is a bug, with its stack', () => {
  const { code, text } = printed(new TypeError('x is not a function'))
  assert.equal(code, 1)
  assert.match(text, /this is a bug in Rally: x is not a function\nTypeError: .*\n {4}at /)
})
