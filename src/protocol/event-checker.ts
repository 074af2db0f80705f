// What a node said, where it comes from a file: it is no truer there than over the wire.

import { checkersOf, type Checkers } from './codec.ts'

/** Throws a WireFault that names type and place. */
export type EventChecker = Pick<Checkers['answers'], 'check'>

export async function eventChecker(): Promise<EventChecker> {
  return (await checkersOf('control')).answers
}
