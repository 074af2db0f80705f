// What may come after what, on one connection. Numbered messages (outbox.ts) come in a row: one that was said before may come
// again, but none is left out. A connection that takes the place of another begins wherever the other side left off.

import type { Role } from './hello.ts'
import type { KeptCommand, KeptEvent } from './messages.ts'
import { WireFault } from './wire-fault.ts'

/** Throws WireFault for a message that may not come now. */
export type Order = (message: { readonly t: string }) => void

const ROWS: Readonly<Record<KeptCommand['t'] | KeptEvent['t'], true>> = {
  prepare: true,
  secrets: true,
  'start-step': true,
  'complete-task': true,
  cancel: true,
  finish: true,
  prepared: true,
  'task-ended': true,
  'step-joined': true,
  warning: true,
  failed: true,
  stopped: true
}

/** For one direction of a connection. */
export function orderOf(role: Role): Order {
  if (role !== 'control') return () => undefined
  let last: number | null = null
  return (message) => {
    if (!Object.hasOwn(ROWS, message.t)) return
    const { t, seq } = message as { readonly t: string; readonly seq: number }
    if (last !== null && seq > last + 1) throw new WireFault(`wrong order: ${t} has number ${seq} where ${last + 1} was due`)
    last = Math.max(last ?? seq, seq)
  }
}
