// Waits until requests are due. Far-off ones sleep on a timer; the last two milliseconds are spent in short naps between
// turns of the event loop, because a timer alone is 0.6 ms late at best, and answers must still be read in time.

import type { Clock } from '../core/clock.ts'

const NEAR_MS = 2.5
const WAKE_BEFORE_MS = 2
/** While nothing is awaited but a time: commands still come. */
const IDLE_NAP_MS = 0.5
/** While answers are awaited. With the way back from it (0.035 ms here, and the timer slack), one waits half of it for a nap's end in the mean. */
const NAP_MS = 0.03
/** How late the system ends a nap: so much is spent in turns of the loop instead. */
const NAP_LATE_MS = 0.04
/** The same where the system gathers wake-ups (Linux's timer slack, 0.05 ms). */
const NAP_LATE_GATHERED_MS = 0.09

/** Ends the waits of a group of clients early. */
export interface StopSignal {
  stopped: boolean
}

/** Who waits for a time; must not change `dueMs` before it is told. */
export interface Waiter {
  /** Monotonic. */
  readonly dueMs: number
  readonly stop: StopSignal
  /** False: stopped before it was due. Must not throw. */
  due(isDue: boolean): void
}

export class Pacer {
  readonly #clock: Clock
  readonly #nap = new Int32Array(new SharedArrayBuffer(4))
  readonly #heap: Waiter[] = []
  #timer: NodeJS.Timeout | null = null
  #turning = false
  #hasSent = false
  #awaited = 0
  readonly #napLateMs: number
  readonly #onTurn = (): void => this.#turned()

  /** `isOnTime`: the thread is woken as soon as a nap is over (`wakeOnTime`). */
  constructor(clock: Clock, isOnTime = false) {
    this.#clock = clock
    this.#napLateMs = isOnTime ? NAP_LATE_MS : NAP_LATE_GATHERED_MS
  }

  /** Resolves with true at `dueMs` (monotonic), or with false as soon as the signal is stopped and `wake` was called. */
  until(dueMs: number, signal: StopSignal): Promise<boolean> {
    if (signal.stopped) return Promise.resolve(false)
    return new Promise((resolve) => this.wait({ dueMs, stop: signal, due: resolve }))
  }

  /** The same without a promise: each would be 1 KiB of garbage, and most requests of a throttled task wait. */
  wait(waiter: Waiter): void {
    this.#push(waiter)
    if (this.#heap[0] === waiter) this.#arm()
  }

  /** A request was handed over just now; it may be written in the loop's next turn only (undici does so on an idle connection): no nap before it. */
  sent(): void {
    this.#hasSent = true
    this.#awaited++
  }

  /** What was handed over has ended. */
  answered(): void {
    this.#awaited--
  }

  /** Ends the waits whose signal is stopped. */
  wake(): void {
    const all = this.#heap.splice(0)
    for (const waiter of all) {
      if (waiter.stop.stopped) waiter.due(false)
      else this.#push(waiter)
    }
    this.#arm()
  }

  #arm(): void {
    if (this.#turning) return
    if (this.#timer !== null) clearTimeout(this.#timer)
    this.#timer = null
    const next = this.#heap[0]
    if (next === undefined) return
    const gapMs = next.dueMs - this.#clock.monotonicMs()
    if (gapMs > NEAR_MS) this.#timer = setTimeout(() => this.#timed(), Math.min(gapMs - WAKE_BEFORE_MS, 2 ** 30))
    else this.#turn()
  }

  #timed(): void {
    this.#timer = null
    this.#arm()
  }

  #turn(): void {
    this.#turning = true
    setImmediate(this.#onTurn)
  }

  #turned(): void {
    this.#turning = false
    const hasSent = this.#hasSent
    this.#hasSent = false
    if (!this.#release() && !hasSent) {
      this.#napUntilNext()
      this.#release()
    }
    this.#arm()
  }

  /** Only when nobody was released just now: who was goes on when this turn is over, and must not wait for the next one's time. */
  #napUntilNext(): void {
    const next = this.#heap[0]
    if (next === undefined) return
    const gapMs = next.dueMs - this.#clock.monotonicMs()
    if (gapMs <= this.#napLateMs || gapMs > NEAR_MS) return
    Atomics.wait(this.#nap, 0, 0, Math.min(gapMs - this.#napLateMs, this.#awaited > 0 ? NAP_MS : IDLE_NAP_MS))
  }

  /** Whether somebody's time had come. */
  #release(): boolean {
    if (this.#heap.length === 0) return false
    const nowMs = this.#clock.monotonicMs()
    const before = this.#heap.length
    while (this.#heap.length > 0 && this.#heap[0]!.dueMs <= nowMs) this.#pop().due(true)
    return this.#heap.length < before
  }

  #push(waiter: Waiter): void {
    const heap = this.#heap
    let at = heap.length
    heap.push(waiter)
    while (at > 0) {
      const parent = (at - 1) >> 1
      if (heap[parent]!.dueMs <= waiter.dueMs) break
      heap[at] = heap[parent]!
      at = parent
    }
    heap[at] = waiter
  }

  #pop(): Waiter {
    const heap = this.#heap
    const first = heap[0]!
    const last = heap.pop()!
    const size = heap.length
    if (size === 0) return first
    let at = 0
    for (;;) {
      let child = 2 * at + 1
      if (child >= size) break
      if (child + 1 < size && heap[child + 1]!.dueMs < heap[child]!.dueMs) child++
      if (heap[child]!.dueMs >= last.dueMs) break
      heap[at] = heap[child]!
      at = child
    }
    heap[at] = last
    return first
  }
}
