// What a node tells of a step, as lines of a file: the messages themselves, their histograms in HdrHistogram's encoding.

import type { EventChecker } from '../protocol/event-checker.ts'
import type { Snapshot, StepJoined } from '../protocol/messages.ts'
import { decodeBuckets, encodeBuckets } from '../sample/hdr-encoding.ts'

export type StoredEvent = ({ readonly t: 'snapshot' } & Snapshot) | ({ readonly t: 'step-joined' } & StepJoined)

export function eventLine(event: StoredEvent): string {
  return JSON.stringify(event, (key, value: unknown) => (key === 'buckets' && Array.isArray(value) ? encodeBuckets(value as number[]) : value))
}

/** The event exactly as it was; throws an Error if the line is none. */
export function parseEventLine(line: string): StoredEvent {
  const event = JSON.parse(line, (key, value: unknown) => (key === 'buckets' && typeof value === 'string' ? decodeBuckets(value) : value)) as StoredEvent
  if (event.t !== 'snapshot' && event.t !== 'step-joined') throw new Error('neither a snapshot nor the end of a step')
  return event
}

/** The same, and of the very shape that its message has on the wire. */
export function checkedEvent(line: string, checker: EventChecker): StoredEvent {
  const event = parseEventLine(line)
  // In a file nothing is numbered to be said again.
  checker.check(event.t === 'step-joined' ? { seq: 0, ...event } : event)
  return event
}
