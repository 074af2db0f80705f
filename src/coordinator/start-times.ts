// When each node is to start a step, so that all start together: the command reaches a node after about half a round trip, so
// the quick ones wait for the slow ones. No clock is compared; how far apart the starts can be is half the round trip. Pure.

export interface StartTime {
  /** After the command has arrived. */
  readonly delayMs: number
  /** The start may be off by so much, earlier or later. */
  readonly skewMs: number
}

/** By node; a round trip that is not known (null) counts as none. */
export function startTimes(roundTripsMs: ReadonlyMap<string, number | null>): ReadonlyMap<string, StartTime> {
  const slowestMs = Math.max(0, ...[...roundTripsMs.values()].map((ms) => ms ?? 0))
  return new Map([...roundTripsMs].map(([node, ms]) => [node, { delayMs: (slowestMs - (ms ?? 0)) / 2, skewMs: (ms ?? 0) / 2 }]))
}
