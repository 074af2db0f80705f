// Tests of what both HTTP engines must do alike.

import { test, type TestContext } from 'node:test'
import type { HttpEngine } from '../../src/target/target-options.ts'

export const ENGINES = ['undici', 'lean'] as const

/** The same test once for each engine. */
export function eachEngine(title: string, body: (engine: HttpEngine, t: TestContext) => Promise<void> | void): void {
  for (const engine of ENGINES) test(`${title} [${engine}]`, (t) => body(engine, t))
}
