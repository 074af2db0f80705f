import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { CONFIG_KEYS, TRACK_URL_FALLBACK, TRACKS_SECTION, type ConfigKey } from '../../../src/config/config-keys.ts'
import { readIni } from '../../../src/config/ini-file.ts'

const HEAD = `; Settings of Rally. Copy this file to ~/.rally/rally.ini ($RALLY_HOME/.rally/rally.ini if RALLY_HOME is set) and change
; what you need; without a file, and for every key left out, the values below hold. \${CONFIG_DIR} is the folder of the file.
`

function entryOf({ key, fallback, unit, comment }: Pick<ConfigKey<unknown>, 'key' | 'fallback' | 'unit' | 'comment'>): string {
  return `\n; ${comment}${unit === '' ? '' : ` (${unit})`}\n${key} =${fallback === '' ? '' : ` ${fallback}`}\n`
}

function example(): string {
  const sections = Object.entries(CONFIG_KEYS).map(([section, keys]): [string, string] => [
    section,
    Object.values(keys).map(entryOf).join('')
  ])
  sections.push([TRACKS_SECTION, entryOf({ ...TRACK_URL_FALLBACK, unit: '' })])
  return HEAD + sections.map(([section, entries]) => `\n[${section}]${entries}`).join('')
}

test('rally.ini.example holds every key with its default, its unit and one comment', () => {
  assert.equal(readFileSync('rally.ini.example', 'utf8'), example())
})

test('rally.ini.example says what the program takes when nothing is said', () => {
  const { entries, problems, warnings } = readIni(readFileSync('rally.ini.example', 'utf8'))
  assert.deepEqual([...problems, ...warnings], [])
  for (const [section, keys] of Object.entries(CONFIG_KEYS)) {
    for (const { key, fallback } of Object.values(keys) as ConfigKey<unknown>[]) {
      assert.equal(entries.find((entry) => entry.section === section && entry.key === key)?.value, fallback)
    }
  }
})
