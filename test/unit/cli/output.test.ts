import assert from 'node:assert/strict'
import { test } from 'node:test'
import { Output, type Stream } from '../../../src/cli/output.ts'

class FakeStream implements Stream {
  text = ''
  readonly isTTY: boolean
  #onError: (error: Error) => void = () => undefined
  constructor(isTTY = false) {
    this.isTTY = isTTY
  }
  write(text: string, done?: () => void): boolean {
    this.text += text
    done?.()
    return true
  }
  on(_event: 'error', listener: (error: Error) => void): void {
    this.#onError = listener
  }
  fail(code: string): void {
    this.#onError(Object.assign(new Error(code), { code }))
  }
}

function outputs(
  environment: Record<string, string> = {},
  isTTY = false
): { output: Output; stdout: FakeStream; stderr: FakeStream; errors: Error[] } {
  const [stdout, stderr, errors] = [new FakeStream(isTTY), new FakeStream(isTTY), [] as Error[]]
  const output = new Output({ stdout, stderr, environment, onStdoutError: (error) => errors.push(error) })
  return { output, stdout, stderr, errors }
}

test('what was asked for goes to stdout, the rest to stderr', () => {
  const { output, stdout, stderr } = outputs()
  output.print('list')
  output.info('a')
  output.warning('b')
  output.error('c')
  assert.equal(stdout.text, 'list\n')
  assert.equal(stderr.text, '[INFO] a\n[WARNING] b\n[ERROR] c\n')
})

test('quiet hides infos and warnings, never what was asked for nor an error', () => {
  const { output, stdout, stderr } = outputs()
  output.isQuiet = true
  output.print('list')
  output.info('a')
  output.warning('b')
  output.aside('d')
  output.error('c')
  assert.equal(stdout.text + stderr.text, 'list\n[ERROR] c\n')
})

test('colours are for terminals only, and not with NO_COLOR or TERM=dumb', () => {
  const coloured = outputs({}, true)
  coloured.output.error('x')
  assert.equal(coloured.stderr.text, '\u001b[31;1m[ERROR]\u001b[0m x\n')
  for (const [environment, isTTY] of [
    [{ NO_COLOR: '1' }, true],
    [{ TERM: 'dumb' }, true],
    [{}, false]
  ] as const) {
    const { output, stderr } = outputs(environment, isTTY)
    output.error('x')
    assert.equal(stderr.text, '[ERROR] x\n')
  }
  assert.ok(outputs({ NO_COLOR: '' }, true).output.stderrHasColours, 'an empty NO_COLOR says nothing')
})

test('the live display makes room for each line', () => {
  const { output, stderr } = outputs({}, true)
  output.live = { clear: () => void stderr.write('<'), draw: () => void stderr.write('>') }
  output.aside('x')
  assert.equal(stderr.text, '<x\n>')
})

test('a stderr that nobody reads falls silent; a stdout that nobody reads is reported', async () => {
  const { output, stdout, stderr, errors } = outputs()
  stderr.fail('EPIPE')
  output.info('x')
  assert.equal(stderr.text, '')
  assert.deepEqual(errors, [])
  stdout.fail('EPIPE')
  assert.equal(errors.length, 1)
  await output.flush()
})
