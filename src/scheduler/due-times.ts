// When the requests of one client are due: an endless series, decided by rate, client and chance, never by how fast answers come.

import type { Random } from '../core/random.ts'

export interface Pace {
  /** Work per second over all clients of the task. */
  readonly perSecond: number
  readonly clients: number
  readonly clientIndex: number
  /** Work of one request, as far as it is known before the first answer. */
  readonly expectedWeight: number
}

/** The next due time, in ms from the client's start of the task; `weight` is the work of the last request, at first the expected one. */
export type DueTimes = (weight: number) => number

/**
 * Evenly spaced: client i of n starts at i/n of its interval. Counted from the last change of weight, not added up, so that a long
 * race does not drift.
 */
export function deterministicDueTimes({ perSecond, clients, clientIndex, expectedWeight }: Pace): DueTimes {
  let weight = expectedWeight
  let baseMs = 0
  // Requests of all clients since the base, as if they took turns.
  let turns = clientIndex - clients
  return (lastWeight) => {
    if (turns >= 0 && lastWeight !== weight) {
      baseMs = dueMs()
      turns = 0
      weight = lastWeight
    }
    turns += clients
    return dueMs()
  }

  function dueMs(): number {
    return baseMs + (turns * weight * 1000) / perSecond
  }
}

/** A Poisson process: gaps are exponentially distributed, the one before the first request too. */
export function poissonDueTimes({ perSecond, clients }: Pace, random: Random): DueTimes {
  let dueMs = 0
  return (lastWeight) => {
    dueMs += (-Math.log(1 - random()) * clients * lastWeight * 1000) / perSecond
    return dueMs
  }
}
