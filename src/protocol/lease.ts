// The dead-man switch: whether a node may still send. Its main thread renews the lease with every word from the coordinator;
// the workers ask before each send. Shared memory, because a main thread that hangs must not keep the load running.

/** What a cell of 32 bits counts: it lasts for 248 days. */
const UNIT_MS = 10
const FOREVER = 2 ** 31 - 1

export class Lease {
  readonly memory: SharedArrayBuffer
  readonly #cell: Int32Array
  readonly #baseMs: number

  /** @param memory as another thread's lease has it */
  constructor(memory: SharedArrayBuffer) {
    this.memory = memory
    this.#baseMs = new Float64Array(memory, 0, 1)[0]!
    this.#cell = new Int32Array(memory, 8, 1)
  }

  /** A lease that never runs out, until it is renewed for the first time; `nowMs` and all times are monotonic. */
  static begin(nowMs: number): Lease {
    const memory = new SharedArrayBuffer(12)
    new Float64Array(memory, 0, 1)[0] = nowMs
    new Int32Array(memory, 8, 1)[0] = FOREVER
    return new Lease(memory)
  }

  renew(untilMs: number): void {
    Atomics.store(this.#cell, 0, Math.floor((untilMs - this.#baseMs) / UNIT_MS))
  }

  /** 4 ns; no allocation. */
  holds(nowMs: number): boolean {
    const until = Atomics.load(this.#cell, 0)
    return until === FOREVER || nowMs - this.#baseMs < until * UNIT_MS
  }
}
