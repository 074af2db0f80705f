// Elastic Rally's own answers: the whole file where RALLY_FIXTURES names the full set, else the sample in test/fixtures.

import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fixturesDir } from './fixtures-dir.ts'

const SAMPLE = 'test/fixtures/esrally-vectors'

/** The cases of one file (`allocator.json`). */
export function vectors<Case>(file: string): readonly Case[] {
  const full = fixturesDir === null ? null : join(fixturesDir, 'esrally-vectors', file)
  if (full !== null && existsSync(full)) return JSON.parse(readFileSync(full, 'utf8')) as Case[]
  console.error(`${file}: RALLY_FIXTURES is not set, only the sample in ${SAMPLE} is checked`)
  return JSON.parse(readFileSync(join(SAMPLE, file), 'utf8')) as Case[]
}
