// Runs things at their time, to within some ten microseconds: timers sleep until shortly before, short naps between turns of the event
// loop do the rest. Naps, because a loop that spins takes a core from the load generator that is to be calibrated on the same machine.

import { systemClock } from '../../core/clock.ts'

interface Entry {
  atMs: number
  /** Entries of one moment run in the order they came. */
  readonly order: number
  readonly run: () => void
}

// A timer of Node.js counts whole milliseconds and may be one late.
const NEAR_MS = 2.2
/** A request that comes meanwhile is stamped so much later at the most. */
const NAP_MS = 0.1
/** How late a nap may end; the rest is spun away. */
const NAP_LATE_MS = 0.08

export class DeadlineQueue {
  readonly #heap: Entry[] = []
  #added = 0
  #timer: NodeJS.Timeout | null = null
  #isNear = false
  readonly #nap = new Int32Array(new SharedArrayBuffer(4))

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
    if (this.#isNear || first === undefined) return
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const sleepMs = Math.floor(first.atMs - systemClock.monotonicMs() - NEAR_MS)
    if (sleepMs >= 1) {
      this.#timer = setTimeout(() => {
        this.#timer = null
        this.#arm()
      }, sleepMs)
    } else {
      this.#isNear = true
      setImmediate(this.#turn)
    }
  }

  readonly #turn = (): void => {
    this.#isNear = false
    const gapMs = (this.#heap[0]?.atMs ?? 0) - systemClock.monotonicMs()
    if (gapMs > NAP_LATE_MS) Atomics.wait(this.#nap, 0, 0, Math.min(gapMs - NAP_LATE_MS, NAP_MS))
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
