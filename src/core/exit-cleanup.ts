// Files that must not be left behind when the program ends in the middle of its work (a second Ctrl-C, a closed pipe).

import { rmSync } from 'node:fs'

const paths = new Set<string>()
let isListening = false

/** Removes the file when the process ends, unless the function it gives was called before. A kill -9 leaves it. */
export function removeAtExit(path: string): () => void {
  if (!isListening) process.once('exit', removeAll)
  isListening = true
  paths.add(path)
  return () => void paths.delete(path)
}

function removeAll(): void {
  for (const path of paths) {
    try {
      rmSync(path, { force: true })
    } catch {
      // The program ends: nobody is left to be told.
    }
  }
}
