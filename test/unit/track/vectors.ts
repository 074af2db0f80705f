// The golden vectors that concern tracks, and folders to put their files into.

import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { TestContext } from 'node:test'
import { parseJson } from '../../../src/core/json-parse.ts'
import type { JsonObject, JsonValue } from '../../../src/core/json.ts'
import { printJson } from '../../../src/core/json-print.ts'
import { fixturesDir } from '../../fixtures-dir.ts'

export interface Vector {
  readonly name: string
  readonly kind?: string
  readonly input: JsonObject
  readonly expected?: JsonValue
  readonly error?: string
  readonly [key: string]: unknown
}

const SAMPLE = 'test/fixtures/esrally-vectors'

/** Vectors of a file, with numbers as written: all where RALLY_FIXTURES names the full set, else the sample, and a word of it. */
export function vectorsOf(file: string, t: TestContext): readonly Vector[] {
  if (fixturesDir === null) t.diagnostic(`${file}: RALLY_FIXTURES is not set, only the sample in ${SAMPLE} is checked`)
  const path = fixturesDir === null ? join(SAMPLE, file) : join(fixturesDir, 'esrally-vectors', file)
  return parseJson(readFileSync(path, 'utf8')) as unknown as readonly Vector[]
}

/** A folder `vec` with these files, gone after the test. Values that are no texts are written as JSON. */
export function trackFolder(t: TestContext, files: Readonly<Record<string, unknown>>, name = 'vec'): string {
  const parent = mkdtempSync(join(tmpdir(), 'rally-track-'))
  t.after(() => rmSync(parent, { recursive: true, force: true }))
  const folder = join(parent, name)
  mkdirSync(folder)
  for (const [file, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, file)), { recursive: true })
    writeFileSync(join(folder, file), typeof content === 'string' || Buffer.isBuffer(content) ? content : printJson(content))
  }
  return folder
}
