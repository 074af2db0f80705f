// Two control connections made into one: what comes in here goes out there. The daemon passes a race's words on without asking
// what they mean, but for `finish`, after which the node is about to be free.

import type { Connection } from '../protocol/connection.ts'
import type { NodeCommand, NodeEvent } from '../protocol/messages.ts'

export interface RelayWatch {
  /** Of what came from outside. */
  readonly sees: (message: NodeCommand) => void
  /** The race's side has closed: what is to be told outside, in place of the bare reason; null: nothing. */
  readonly explain: (reason: string) => Promise<string | null>
}

/** So long somebody outside who reads slowly may take for the last words. */
const LAST_WORDS_MS = 1000

/** Resolves when one of them has closed, and so has the other. */
export function relay(
  outside: Connection<NodeEvent, NodeCommand>,
  race: Connection<NodeCommand, NodeEvent>,
  watch: RelayWatch
): Promise<void> {
  outside.onMessage((message) => {
    watch.sees(message)
    race.send(message)
  })
  race.onMessage((message) => outside.send(message))
  return new Promise((resolve) => {
    outside.onClose((reason) => {
      race.close(reason)
      resolve()
    })
    race.onClose((reason) => void hangUp(outside, watch.explain(reason)))
  })
}

async function hangUp(outside: Connection<NodeEvent, NodeCommand>, explained: Promise<string | null>): Promise<void> {
  const words = await explained
  let timer: NodeJS.Timeout | undefined
  await Promise.race([outside.drained(), new Promise((resolve) => (timer = setTimeout(resolve, LAST_WORDS_MS)))])
  clearTimeout(timer)
  outside.close(words ?? undefined)
}
