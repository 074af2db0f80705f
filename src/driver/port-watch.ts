// How many ports are left for connections to the target, found out at a price that does not show: the kernel takes 5 ms and
// 4 µs more for each socket to list them, so the list is read only where it could matter, and rarely if it is long.

import { systemClock } from '../core/clock.ts'
import { mostToOneAddress, portRange, tcpSockets } from './tcp-ports.ts'

/** As long as all sockets of the machine together are fewer than this share of the ports, nobody needs to know whose they are. */
const WORTH_A_LOOK = 0.25
/** Reading takes at most this share of the time. */
const MAX_COST = 1 / 200

export interface PortFigures {
  readonly sockets: number | null
  /** At least so many. */
  readonly portsLeft: number | null
  readonly ports: number | null
}

export class PortWatch {
  readonly #targetPorts: ReadonlySet<number>
  readonly #ports = portRange()
  #used: number | null = null
  #nextAtMs = 0
  #isReading = false

  constructor(targetPorts: readonly number[]) {
    this.#targetPorts = new Set(targetPorts)
  }

  take(): PortFigures {
    const sockets = tcpSockets()
    const ports = this.#ports
    if (sockets === null || ports === null) return { sockets, portsLeft: null, ports }
    if (sockets <= ports * WORTH_A_LOOK) this.#used = null
    else void this.#look()
    return { sockets, portsLeft: Math.max(0, ports - Math.min(this.#used ?? sockets, sockets)), ports }
  }

  async #look(): Promise<void> {
    const beganAtMs = systemClock.monotonicMs()
    if (this.#isReading || beganAtMs < this.#nextAtMs) return
    this.#isReading = true
    try {
      this.#used = await mostToOneAddress(this.#targetPorts)
    } catch {
      // No such list: the number of all sockets has to do.
      this.#used = null
    } finally {
      const tookMs = systemClock.monotonicMs() - beganAtMs
      this.#nextAtMs = beganAtMs + tookMs / MAX_COST
      this.#isReading = false
    }
  }
}
