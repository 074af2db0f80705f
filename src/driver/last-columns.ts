// The columns that a worker is filling. They lie in shared memory: should it die, what it had measured is still there.

import type { WorkerEvent } from '../protocol/worker-messages.ts'
import type { ColumnChunk } from '../sample/columns.ts'

/** What of a worker's words concerns the session. */
export type ToldEvent = Exclude<WorkerEvent, { readonly t: 'filling' | 'label' }>

type Filling = Extract<WorkerEvent, { readonly t: 'filling' }>

export class LastColumns {
  #filling: Filling | null = null
  #errors: string[] = []
  #units: string[] = []

  /** Takes in what is about columns; false: nobody else need hear it. */
  hears(event: WorkerEvent): event is ToldEvent {
    switch (event.t) {
      case 'filling':
        this.#filling = event
        this.#errors = []
        this.#units = []
        return false
      case 'label':
        ;(event.of === 'errors' ? this.#errors : this.#units).push(event.label)
        return false
      case 'chunk':
        // The next ones are not told of yet, and empty.
        this.#filling = null
        return true
      default:
        return true
    }
  }

  /** What a worker that has died has left in them; null: nothing. */
  take(): ColumnChunk | null {
    const rows = this.#filling?.rows[0] ?? 0
    if (this.#filling === null || rows === 0) return null
    const { columns } = this.#filling
    this.#filling = null
    return { rows, columns, errors: this.#errors, units: this.#units }
  }
}
