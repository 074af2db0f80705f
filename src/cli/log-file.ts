// ~/.rally/logs/rally.log: what was said, and what need not be said. Writing it never stops a command.

import { appendFileSync, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Clock } from '../core/clock.ts'

export class LogFile {
  readonly path: string
  readonly #clock: Clock
  #isWritable = true

  constructor(path: string, clock: Clock) {
    this.path = path
    this.#clock = clock
  }

  /** One entry; times are UTC, as in Elastic Rally's log. */
  write(level: 'INFO' | 'WARNING' | 'ERROR', text: string): void {
    if (!this.#isWritable) return
    const stamp = new Date(this.#clock.wallMs()).toISOString().replace('T', ' ').replace('.', ',').replace('Z', '')
    try {
      mkdirSync(dirname(this.path), { recursive: true })
      appendFileSync(this.path, `${stamp} PID:${process.pid} ${level} ${text}\n`)
    } catch {
      // A log that cannot be written (no home, read-only, full) must not cost the race; the same was said on stderr.
      this.#isWritable = false
    }
  }

  /** Null if nothing could be written there. */
  get pathIfWritten(): string | null {
    return this.#isWritable ? this.path : null
  }
}
