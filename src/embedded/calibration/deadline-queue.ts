// Runs things at their time, to within a few microseconds: timers sleep until shortly before, turns of the event loop do the rest.
// Costs a core while something is due within SPIN_MS; this process has nothing better to do with it.

import { systemClock } from '../../core/clock.ts'

interface Entry {
  atMs: number
  /** Entries of one moment run in the order they came. */
  readonly order: number
  readonly run: () => void
}

// A timer of Node.js counts whole milliseconds and may be one late.
const SPIN_MS = 2.2

export class DeadlineQueue {
  readonly #heap: Entry[] = []
  #added = 0
  #timer: NodeJS.Timeout | null = null
  #isSpinning = false

  get length(): number {
    return this.#heap.length
  }

  /** Runs `run` at `atMs` (monotonic), or at once if that is past. */
  at(atMs: number, run: () => void): void {
    if (this.#heap.length === 0 && atMs <= systemClock.monotonicMs()) {
      run()
      return
    }
    this.#push({ atMs, order: this.#added++, run })
    this.#arm()
  }

  /** Moves every deadline; `move` must keep their order. */
  moveAll(move: (atMs: number) => number): void {
    for (const entry of this.#heap) entry.atMs = move(entry.atMs)
    this.#arm()
  }

  #arm(): void {
    const first = this.#heap[0]
    if (this.#isSpinning || first === undefined) return
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const sleepMs = Math.floor(first.atMs - systemClock.monotonicMs() - SPIN_MS)
    if (sleepMs >= 1) {
      this.#timer = setTimeout(() => {
        this.#timer = null
        this.#arm()
      }, sleepMs)
    } else {
      this.#isSpinning = true
      setImmediate(this.#spin)
    }
  }

  readonly #spin = (): void => {
    this.#isSpinning = false
    for (let first = this.#heap[0]; first !== undefined && first.atMs <= systemClock.monotonicMs(); first = this.#heap[0]) {
      this.#pop()
      first.run()
    }
    this.#arm()
  }

  #push(entry: Entry): void {
    const heap = this.#heap
    let at = heap.length
    heap.push(entry)
    while (at > 0) {
      const parent = (at - 1) >>> 1
      if (!isBefore(entry, heap[parent]!)) break
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = entry
  }

  #pop(): void {
    const heap = this.#heap
    const last = heap.pop()!
    if (heap.length === 0) return
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= heap.length) break
      if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child++
      if (!isBefore(heap[child]!, last)) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = last
  }
}

function isBefore(a: Entry, b: Entry): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.order < b.order)
}
