// What may come after what. Only what would mislead the receiver is forbidden: figures may be lost, repeated and late.
//
// | messages                                  | only                                                         |
// |-------------------------------------------|--------------------------------------------------------------|
// | `secrets`, `prepare`                      | once, `secrets` first                                        |
// | `start-step`, `complete-task`             | after `prepare`                                              |
// | any command but `ping`                    | before `finish`                                              |
// | `prepared`                                | once                                                         |
// | `snapshot`, `task-ended`, `step-joined`   | after `prepared`, before `stopped`                           |
//
// A connection that takes the place of a silent one (its hello has a `seq`) begins in the middle: everything is prepared.

import type { Hello } from './hello.ts'
import { WireFault } from './wire-fault.ts'

/** Throws WireFault for a message that may not come now. */
export type Order = (t: string) => void

const ANY_ORDER: Order = () => undefined

/** For what the dialler (`asks`) or the listener (`answers`) sends. */
export function orderOf(hello: Pick<Hello, 'role' | 'seq'>, side: 'asks' | 'answers'): Order {
  if (hello.role !== 'control') return ANY_ORDER
  const isResumed = hello.seq !== undefined
  return side === 'asks' ? commandOrder(isResumed) : eventOrder(isResumed)
}

function commandOrder(isResumed: boolean): Order {
  const had = new Set(isResumed ? ['secrets', 'prepare'] : [])
  return (t) => {
    if (t === 'ping') return
    if (had.has('finish')) throw new WireFault(`wrong order: ${t} after finish`)
    if ((t === 'secrets' || t === 'prepare') && had.has(t)) throw new WireFault(`wrong order: a second ${t}`)
    if (t === 'prepare' && !had.has('secrets')) throw new WireFault('wrong order: prepare before secrets')
    if ((t === 'start-step' || t === 'complete-task') && !had.has('prepare')) throw new WireFault(`wrong order: ${t} before prepare`)
    had.add(t)
  }
}

const FIGURES: ReadonlySet<string> = new Set(['snapshot', 'task-ended', 'step-joined'])

function eventOrder(isResumed: boolean): Order {
  let isPrepared = isResumed
  let isStopped = false
  return (t) => {
    if (FIGURES.has(t) && !isPrepared) throw new WireFault(`wrong order: ${t} before prepared`)
    if (FIGURES.has(t) && isStopped) throw new WireFault(`wrong order: ${t} after stopped`)
    if (t === 'prepared' && isPrepared) throw new WireFault('wrong order: a second prepared')
    if (t === 'prepared') isPrepared = true
    if (t === 'stopped') isStopped = true
  }
}
