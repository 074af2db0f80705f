import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { COMMANDS } from '../../../src/cli/command-table.ts'
import { EXIT_CODES } from '../../../src/cli/exit-codes.ts'
import { ERROR_KINDS } from '../../../src/core/errors.ts'

/** The rows of the table that begins with this head. */
function table(...head: readonly string[]): string[][] {
  const lines = readFileSync('README.md', 'utf8').split('\n')
  const at = lines.indexOf(`| ${head.join(' | ')} |`)
  assert.ok(at >= 0, `README.md has no table with the head ${head.join(', ')}`)
  const rows = lines.slice(at + 2)
  const end = rows.findIndex((line) => !line.startsWith('|'))
  return rows.slice(0, end === -1 ? rows.length : end).map((row) => row.slice(2, -2).split(' | '))
}

test("the README's table of commands is the program's", () => {
  const served = COMMANDS.filter(({ state }) => state === 'served')
  assert.deepEqual(
    table('command', 'does'),
    served.map(({ name, summary }) => [`\`rally ${name}\``, summary])
  )
})

test("the README's table of exit codes is the program's", () => {
  assert.deepEqual(table('code', 'meaning'), Object.entries(EXIT_CODES))
})

test('every kind of error ends with an exit code of the table', () => {
  for (const { exitCode } of Object.values(ERROR_KINDS)) assert.ok(exitCode in EXIT_CODES, String(exitCode))
})
