import { systemClock } from '../core/clock.ts'

/** Says at once what is new, and not more than once a second how far it has come. */
export class Telling {
  readonly #tell: (what: string) => void
  #what = ''
  #toldAtMs = 0

  constructor(tell: (what: string) => void) {
    this.#tell = tell
  }

  tell(what: string, howFar: string): void {
    const nowMs = systemClock.monotonicMs()
    if (what === this.#what && nowMs - this.#toldAtMs < 1000) return
    this.#what = what
    this.#toldAtMs = nowMs
    this.#tell(what + howFar)
  }
}
