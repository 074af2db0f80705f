// What a node said, where it comes from a file: it is no truer there than over the wire.

import { Checker, loadAjv } from './checker.ts'
import type { NodeEvent } from './messages.ts'

/** Throws a WireFault that names type and place. */
export type EventChecker = Pick<Checker<NodeEvent>, 'check'>

export async function eventChecker(): Promise<EventChecker> {
  const [ajv, { answers }] = await Promise.all([loadAjv(), import('./control-schemas.ts')])
  return new Checker<NodeEvent>(ajv, answers)
}
