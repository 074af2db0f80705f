// Request timeouts of a whole thread on one timer: arming and disarming one costs two pointer writes.

import type { Clock } from '../core/clock.ts'

/** Slots of 10 ms: one turn is 10.24 s, longer waits stay in their slot for several turns. */
const TICK_MS = 10
const SLOTS = 1024
/** A timer this late means that the thread was busy: answers may lie unread in the sockets, so they go first. */
const LATE_MS = 100

/** Something with a deadline; the wheel links it into a slot and calls `expired` once, at most 20 ms late. */
export interface Expiring {
  /** Monotonic milliseconds. */
  deadlineMs: number
  nextExpiring: Expiring | null
  previousExpiring: Expiring | null
  expired(): void
}

export class TimeoutWheel {
  readonly #clock: Clock
  readonly #slots: (Expiring | null)[] = Array.from({ length: SLOTS }, () => null)
  #armed = 0
  #tick = 0
  #isScheduled = false

  constructor(clock: Clock) {
    this.#clock = clock
  }

  /** @param nowMs the moment the caller has just read from the clock */
  arm(entry: Expiring, nowMs: number, timeoutMs: number): void {
    entry.deadlineMs = nowMs + timeoutMs
    if (this.#armed++ === 0) this.#start(nowMs)
    const slot = this.#slotOf(entry)
    const first = this.#slots[slot] ?? null
    entry.previousExpiring = null
    entry.nextExpiring = first
    if (first !== null) first.previousExpiring = entry
    this.#slots[slot] = entry
  }

  /** Only for an entry that is armed. */
  disarm(entry: Expiring): void {
    const { previousExpiring, nextExpiring } = entry
    if (previousExpiring === null) this.#slots[this.#slotOf(entry)] = nextExpiring
    else previousExpiring.nextExpiring = nextExpiring
    if (nextExpiring !== null) nextExpiring.previousExpiring = previousExpiring
    entry.nextExpiring = null
    entry.previousExpiring = null
    this.#armed--
  }

  #slotOf(entry: Expiring): number {
    return Math.ceil(entry.deadlineMs / TICK_MS) % SLOTS
  }

  #start(nowMs: number): void {
    this.#tick = Math.floor(nowMs / TICK_MS)
    this.#schedule()
  }

  // Not kept alive for its own sake: whoever waits for an answer holds a socket.
  #schedule(): void {
    if (this.#isScheduled) return
    this.#isScheduled = true
    setTimeout(() => this.#turn(), TICK_MS).unref()
  }

  #turn(): void {
    this.#isScheduled = false
    if (this.#armed === 0) return
    const nowMs = this.#clock.monotonicMs()
    const nowTick = Math.floor(nowMs / TICK_MS)
    const lateMs = nowMs - (this.#tick + 1) * TICK_MS
    if (lateMs > LATE_MS) {
      setImmediate(() => this.#expireUpTo(nowTick))
    } else this.#expireUpTo(nowTick)
  }

  #expireUpTo(nowTick: number): void {
    const from = Math.max(this.#tick + 1, nowTick - SLOTS + 1)
    this.#tick = nowTick
    for (let tick = from; tick <= nowTick; tick++) this.#expireSlot(tick % SLOTS, nowTick * TICK_MS)
    if (this.#armed > 0) this.#schedule()
  }

  #expireSlot(slot: number, nowMs: number): void {
    let entry = this.#slots[slot] ?? null
    while (entry !== null) {
      const next: Expiring | null = entry.nextExpiring
      if (entry.deadlineMs <= nowMs) {
        this.disarm(entry)
        entry.expired()
      }
      entry = next
    }
  }
}
