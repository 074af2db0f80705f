// Each rule of the house is broken once, in a small house of its own; the sound house passes.

import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { test } from 'node:test'
import { deepEqual, equal, match } from 'node:assert/strict'

const TABLE = {
  layers: {
    core: { may: [], doors: '*' },
    track: { may: ['core'], doors: ['track'] },
    target: { may: ['core'], doors: ['client'] },
    cli: { may: ['core', 'track', 'target'], doors: [] }
  },
  owners: { undici: ['target'], '@scope/chart': ['cli'], 'node:net': ['target'] },
  only: { 'console\\.': ['cli'], 'Date\\.now\\(': ['core'] },
  forbiddenNames: ['index', 'utils'],
  maxLines: 40,
  maxTestLines: 50,
  maxFunctionLines: 10
}

const SOUND = {
  'src/core/clock.ts': 'export const now = (): number => Date.now()\n',
  'src/core/words.ts': "// console.log and Date.now() are only words here\nexport const words = 'console.log' + `Date.now()`\n",
  'src/track/track.ts':
    "import { now } from '../core/clock.ts'\nimport type { Part } from './part.ts'\nexport const made = (part: Part): number => now() + part.size\n",
  'src/track/part.ts': 'export interface Part {\n  readonly size: number\n}\n',
  'src/target/client.ts': "import { Client } from 'undici'\nimport { connect } from 'node:net'\nexport const open = [Client, connect]\n",
  'src/cli/main.ts': "import { made } from '../track/track.ts'\nconsole.log(made({ size: 1 }))\n",
  'test/unit/track/track.test.ts': "import type { Part } from '../../../src/track/part.ts'\nexport const part: Part = { size: 1 }\n"
}

interface Verdict {
  readonly status: number | null
  readonly problems: readonly string[]
}

function check(files: Readonly<Record<string, string>>, table: unknown = TABLE): Verdict {
  const root = mkdtempSync(join(tmpdir(), 'rally-layers-'))
  try {
    for (const [file, text] of Object.entries({ ...SOUND, ...files, 'scripts/layers.json': JSON.stringify(table) })) {
      mkdirSync(dirname(join(root, file)), { recursive: true })
      writeFileSync(join(root, file), text)
    }
    const { status, stderr } = spawnSync(process.execPath, ['scripts/check-layers.mjs', root], { encoding: 'utf8' })
    const lines = stderr.trimEnd().split('\n')
    match(lines.at(-1) ?? '', /^\d+ files, \d+ problems$/, stderr)
    return { status, problems: lines.slice(0, -1) }
  } finally {
    rmSync(root, { recursive: true, force: true })
  }
}

test('a sound house passes', () => {
  deepEqual(check({}), { status: 0, problems: [] })
})

const lines = (count: number): string => '// a line\n'.repeat(count)
const longFunction = (count: number): string => `export function long(): void {\n${'  void 0\n'.repeat(count - 2)}}\n`

const VIOLATIONS: readonly [title: string, file: string, text: string, problem: RegExp][] = [
  [
    'a folder that imports one it may not',
    'src/track/x.ts',
    "\nimport { open } from '../target/client.ts'\n",
    /^src\/track\/x\.ts:2: track may not import target .*it may import core$/
  ],
  [
    'a type from a folder it may not import',
    'src/core/x.ts',
    "import type { Part } from '../track/track.ts'\n",
    /^src\/core\/x\.ts:1: core may not import track/
  ],
  [
    'a type named in place',
    'src/core/x.ts',
    "export type P = import('../track/track.ts').Part\n",
    /^src\/core\/x\.ts:1: core may not import track/
  ],
  [
    'an import() of a folder it may not',
    'src/core/x.ts',
    "void import('../cli/main.ts')\n",
    /^src\/core\/x\.ts:1: core may not import cli/
  ],
  [
    'something passed on from a folder it may not import',
    'src/core/x.ts',
    "export * from '../track/track.ts'\n",
    /^src\/core\/x\.ts:1: core may not import track/
  ],
  [
    'an import() nobody can check',
    'src/cli/x.ts',
    'const name: string = String(1)\nvoid import(name)\n',
    /^src\/cli\/x\.ts:2: import\(\) of a computed path/
  ],
  [
    'a file that is no door',
    'src/cli/x.ts',
    "import type { Part } from '../track/part.ts'\n",
    /^src\/cli\/x\.ts:1: "\.\.\/track\/part\.ts" is no door of track: its doors are track$/
  ],
  [
    'a circle of two files',
    'src/track/part.ts',
    "import { made } from './track.ts'\nexport const part = made\n",
    /circle src\/track\/track\.ts -> src\/track\/part\.ts -> src\/track\/track\.ts|circle src\/track\/part\.ts -> src\/track\/track\.ts -> src\/track\/part\.ts/
  ],
  ['a circle of types', 'src/track/part.ts', "import type { made } from './track.ts'\nexport type Part = typeof made\n", /circle/],
  [
    'a file that imports itself',
    'src/core/x.ts',
    "import type { X } from './x.ts'\nexport type Y = X\n",
    /circle src\/core\/x\.ts -> src\/core\/x\.ts/
  ],
  [
    "somebody else's package",
    'src/cli/x.ts',
    "import { Client } from 'undici'\nexport const c = Client\n",
    /^src\/cli\/x\.ts:1: imports "undici", which belongs to target/
  ],
  ["a file of somebody else's package", 'src/cli/x.ts', "import type C from 'undici/types/client.d.ts'\n", /belongs to target/],
  ["somebody else's scoped package", 'src/core/x.ts', "import '@scope/chart/bar'\n", /belongs to cli/],
  [
    "somebody else's module of Node.js",
    'src/cli/x.ts',
    "import { connect } from 'node:net'\nexport const c = connect\n",
    /belongs to target/
  ],
  [
    'a module of Node.js without its prefix',
    'src/target/x.ts',
    "import { readFile } from 'fs/promises'\nexport const r = readFile\n",
    /^src\/target\/x\.ts:1: imports "fs\/promises": write node:fs\/promises$/
  ],
  [
    'a path that ends in .js',
    'src/cli/x.ts',
    "import { made } from '../track/track.js'\nexport const m = made\n",
    /^src\/cli\/x\.ts:1: imports "\.\.\/track\/track\.js": write the path with its ending \.ts$/
  ],
  ['a path without an ending', 'src/cli/x.ts', "import { made } from '../track/track'\nexport const m = made\n", /with its ending \.ts/],
  [
    'a path without an ending in a test',
    'test/unit/x.test.ts',
    "import { now } from '../../src/core/clock'\nexport const n = now\n",
    /^test\/unit\/x\.test\.ts:1: .*with its ending \.ts/
  ],
  [
    'an import from outside of src',
    'src/core/x.ts',
    "import { part } from '../../test/unit/track/track.test.ts'\nexport const p = part\n",
    /from outside of src/
  ],
  [
    'a word that belongs elsewhere',
    'src/track/x.ts',
    "// one\nexport const x = (): void => console.log('x')\n",
    /^src\/track\/x\.ts:2: console\. belongs to cli: pass in what you need$/
  ],
  ['a second clock', 'src/track/x.ts', 'export const x = `${Date.now()}`\n', /^src\/track\/x\.ts:1: Date\.now\( belongs to core/],
  ['a file that is too long', 'src/core/x.ts', lines(41), /^src\/core\/x\.ts:41: 41 lines, the limit is 40/],
  ['a test that is too long', 'test/unit/x.test.ts', lines(51), /^test\/unit\/x\.test\.ts:51: 51 lines, the limit is 50/],
  ['a script that is too long', 'scripts/x.mjs', lines(41), /^scripts\/x\.mjs:41: 41 lines/],
  [
    'a function that is too long',
    'src/core/x.ts',
    `\n${longFunction(11)}`,
    /^src\/core\/x\.ts:2: function long has 11 lines, the limit is 10/
  ],
  [
    'a method that is too long',
    'src/core/x.ts',
    `export class X {\n  ${longFunction(11).replace('export function ', '')}}\n`,
    /^src\/core\/x\.ts:2: function .* has 11 lines/
  ],
  ['a barrel', 'src/core/index.ts', 'export {}\n', /^src\/core\/index\.ts:1: nothing is called index/],
  ['a folder for everything else', 'test/unit/utils/x.ts', 'export {}\n', /nothing is called utils/],
  [
    'a folder that the table does not know',
    'src/extra/x.ts',
    'export {}\n',
    /^src\/extra\/x\.ts:1: folder extra that is not in scripts\/layers\.json/
  ],
  ['a file beside the folders', 'src/x.ts', 'export {}\n', /^src\/x\.ts:1: a file that is not in scripts\/layers\.json/]
]

for (const [title, file, text, problem] of VIOLATIONS) {
  test(`refused: ${title}`, () => {
    const { status, problems } = check({ [file]: text })
    equal(problems.length, 1, problems.join('\n'))
    match(problems[0] ?? '', problem)
    equal(status, 1)
  })
}

test('the limits themselves are allowed', () => {
  deepEqual(check({ 'src/core/x.ts': lines(40), 'test/unit/x.test.ts': lines(50), 'src/core/y.ts': longFunction(10) }).problems, [])
})

test('refused: a table that is no ladder', () => {
  const layers = { ...TABLE.layers, core: { may: ['cli'], doors: '*' }, track: { may: ['nowhere', 'core'], doors: ['track'] } }
  deepEqual(check({}, { ...TABLE, layers }).problems, [
    'scripts/layers.json: core reaches down to cli: name only folders above it',
    'scripts/layers.json: track may import nowhere, which is no folder of the table'
  ])
})

test('the limits of this house are 400 lines a file, 600 a test and 60 a function', () => {
  const table = JSON.parse(readFileSync('scripts/layers.json', 'utf8')) as typeof TABLE
  deepEqual([table.maxLines, table.maxTestLines, table.maxFunctionLines], [400, 600, 60])
})
