// One line from stdin.

import type { ReadStream } from 'node:tty'

const MAX_CHARS = 4096

/** Resolves with the first line, or what came before the end; what is longer than a line may be is cut off. */
export function readInputLine(stdin: ReadStream, signal: AbortSignal): Promise<string> {
  let text = ''
  return new Promise((resolve, reject) => {
    const read = (chunk: string): void => {
      text += chunk
      if (text.includes('\n') || text.length > MAX_CHARS) end(resolveLine)
    }
    const resolveLine = (): void => resolve(text.split('\n', 1)[0]!.slice(0, MAX_CHARS))
    const ended = (): void => end(resolveLine)
    const failed = (error: Error): void => end(() => reject(error))
    const aborted = (): void => end(() => reject(signal.reason as Error))
    const end = (settle: () => void): void => {
      signal.removeEventListener('abort', aborted)
      stdin.off('data', read).off('end', ended).off('error', failed).pause()
      settle()
    }
    signal.addEventListener('abort', aborted, { once: true })
    stdin.setEncoding('utf8').on('data', read).on('end', ended).on('error', failed)
  })
}
