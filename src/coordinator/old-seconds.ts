// Seconds that nobody looks back to before the report: counts alone, all nodes together, so that what a race takes does not depend
// on how many load drivers it has. 0.2 MB an hour for each task and sample type (56 bytes a second).

import { NO_TIMES } from '../sample/merge.ts'
import type { Moments, Second } from '../sample/second.ts'

/** Numbers kept of a second, in this order: sent, ok, failed, cancelled, work, longest run of failures, longest service time. */
const COLUMNS = 7
const FIRST_SECONDS = 256
/** By class they are in the task's account. */
const ALL_CLASSES = 'all'
const NO_MOMENTS: Moments = { n: 0, sum: 0, min: 0, max: 0, m2: 0 }

export class OldSeconds {
  readonly #tasks = new Map<string, SecondTable>()

  /** `key`: task and sample type. */
  add(key: string, second: Second): void {
    let table = this.#tasks.get(key)
    if (table === undefined) this.#tasks.set(key, (table = new SecondTable()))
    table.add(second)
  }

  /** Second k, if it is old. */
  at(key: string, k: number): readonly Second[] {
    return this.#tasks.get(key)?.at(k) ?? []
  }

  all(key: string): readonly Second[] {
    return this.#tasks.get(key)?.all() ?? []
  }
}

class SecondTable {
  #rows = new Float64Array(FIRST_SECONDS * COLUMNS)
  /** One past the last second. */
  #end = 0

  add({ k, sent, ok, failed, cancelled, work, errorRun, maxService }: Second): void {
    if ((k + 1) * COLUMNS > this.#rows.length) this.#grow(k + 1)
    if (k >= this.#end) this.#end = k + 1
    const rows = this.#rows
    const at = k * COLUMNS
    rows[at]! += sent
    rows[at + 1]! += ok
    rows[at + 2]! += Object.values(failed).reduce((sum, count) => sum + count, 0)
    rows[at + 3]! += cancelled
    rows[at + 4]! += work
    rows[at + 5] = Math.max(rows[at + 5]!, errorRun)
    rows[at + 6] = Math.max(rows[at + 6]!, maxService)
  }

  at(k: number): readonly Second[] {
    if (k < 0 || k >= this.#end) return []
    const [sent = 0, ok = 0, failed = 0, cancelled = 0, work = 0, errorRun = 0, maxService = 0] = this.#rows.subarray(k * COLUMNS, (k + 1) * COLUMNS)
    // A second in which nothing was done is one that nobody told of.
    if (sent + ok + failed + cancelled + work === 0) return []
    return [{ k, sent, ok, failed: failed === 0 ? {} : { [ALL_CLASSES]: failed }, cancelled, work, ...NO_TIMES, okService: NO_MOMENTS, maxService, errorRun }]
  }

  all(): readonly Second[] {
    return Array.from({ length: this.#end }, (_, k) => this.at(k)).flat()
  }

  #grow(seconds: number): void {
    const rows = new Float64Array(Math.max(seconds * COLUMNS, this.#rows.length * 2))
    rows.set(this.#rows)
    this.#rows = rows
  }
}
