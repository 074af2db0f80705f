// ~/.rally/logs/rally.log: what was said, and what need not be said. Writing it never stops a command.

import { appendFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { diskError, isFull } from '../core/atomic-file.ts'
import type { Clock } from '../core/clock.ts'
import { messageOf } from '../core/errors.ts'
import { makeFolderNow } from '../core/folder.ts'

export class LogFile {
  readonly path: string
  readonly #clock: Clock
  #isWritable = true
  /** Told once, when the disk has no room for more. */
  onFull: (warning: string) => void = () => undefined

  constructor(path: string, clock: Clock) {
    this.path = path
    this.#clock = clock
  }

  /** One entry; times are UTC, as in Elastic Rally's log. */
  write(level: 'INFO' | 'WARNING' | 'ERROR', text: string): void {
    if (!this.#isWritable) return
    const stamp = new Date(this.#clock.wallMs()).toISOString().replace('T', ' ').replace('.', ',').replace('Z', '')
    try {
      makeFolderNow(dirname(this.path))
      appendFileSync(this.path, `${stamp} PID:${process.pid} ${level} ${text}\n`)
    } catch (error) {
      // A log that cannot be written (no home, read-only, full) must not cost the race; the same was said on stderr.
      this.#isWritable = false
      if (isFull(error)) this.onFull(`${messageOf(diskError(this.path, error))}: the log ends here; free some space there`)
    }
  }

  /** Null if nothing could be written there. */
  get pathIfWritten(): string | null {
    return this.#isWritable ? this.path : null
  }
}
