// The bytes of a channel, passed on between a visitor and the process of a race as they are: bulk data is read and checked where it
// is used, not on its way.

import type { Duplex } from 'node:stream'

export interface ByteChannel {
  readonly stream: Duplex
  /** What has come through it already. */
  readonly early: Buffer
}

/** So long somebody outside who reads slowly may take for the last words. */
const LINGER_MS = 1000
/** Of one channel, for somebody outside who reads more slowly than is read from the disk. */
const MAX_WAITING_BYTES = 512 * 1024
const NEWLINE = 10

/**
 * Resolves when one side has closed, and so has the other.
 * @param explain why the race's side has closed, in words for the visitor; null: in good order
 */
export function relayBytes(outside: Duplex, { stream: race, early }: ByteChannel, explain: () => Promise<string | null>): Promise<void> {
  // A last word fits only behind a whole line.
  let lastByte = early.at(-1) ?? NEWLINE
  if (early.length > 0) outside.write(early)
  race.on('data', (chunk: Buffer) => {
    lastByte = chunk.at(-1) ?? lastByte
    // With `pipe` no piece would be read before the one before it has left.
    if (!outside.write(chunk) && outside.writableLength > MAX_WAITING_BYTES) race.pause()
  })
  outside.on('drain', () => race.resume())
  race.resume()
  outside.pipe(race)
  return new Promise((resolve) => {
    const end = (): void => {
      race.destroy()
      resolve()
    }
    outside.on('error', end).on('close', end)
    if (outside.destroyed) end()
    let isOver = false
    const over = (): void => {
      if (isOver) return
      isOver = true
      void explain().then((words) => hangUp(outside, lastByte === NEWLINE ? words : null))
    }
    race.on('error', over).on('end', over).on('close', over)
  })
}

/** With a last word, if there is one. */
export function hangUp(outside: Duplex, words: string | null): void {
  if (outside.destroyed) return
  outside.end(words === null ? '' : `${JSON.stringify({ t: 'error', message: words })}\n`)
  const timer = setTimeout(() => outside.destroy(), LINGER_MS)
  outside.once('close', () => clearTimeout(timer))
}
