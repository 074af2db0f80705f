// ~/.rally/logs/daemon.log: what the daemon did and what was wrong with its visitors. Bounded: at 8 MiB it becomes daemon.log.1.

import { appendFileSync, closeSync, fstatSync, openSync, readSync, renameSync, statSync } from 'node:fs'
import { dirname } from 'node:path'
import type { Clock } from '../core/clock.ts'
import { makeFolderNow } from '../core/folder.ts'

const MAX_BYTES = 8 * 1024 * 1024

export type Level = 'INFO' | 'WARNING' | 'ERROR'

export class DaemonLog {
  readonly path: string
  readonly #clock: Clock
  readonly #echo: ((line: string) => void) | null
  #sizeBytes: number

  /** @param echo also told of every line: a daemon in the foreground shows what it writes */
  constructor(path: string, clock: Clock, echo: ((line: string) => void) | null) {
    this.path = path
    this.#clock = clock
    this.#echo = echo
    this.#sizeBytes = sizeOf(path)
  }

  write(level: Level, text: string): void {
    const stamp = new Date(this.#clock.wallMs()).toISOString().replace('T', ' ').replace('.', ',').replace('Z', '')
    const line = `${stamp} PID:${process.pid} ${level} ${text}`
    this.#echo?.(line)
    this.#append(`${line}\n`)
  }

  /** What a child process wrote, as it is. */
  raw(text: string): void {
    this.#append(text.endsWith('\n') ? text : `${text}\n`)
  }

  #append(text: string): void {
    try {
      if (this.#sizeBytes > MAX_BYTES) {
        renameSync(this.path, `${this.path}.1`)
        this.#sizeBytes = 0
      }
      makeFolderNow(dirname(this.path))
      appendFileSync(this.path, text)
      this.#sizeBytes += Buffer.byteLength(text)
    } catch {
      // A disk that is full, or a log that may not be written, ends no race; the next line tries again.
    }
  }
}

/** What was written behind `fromBytes`, its last lines at most. */
export function lastLines(path: string, fromBytes: number, count: number): string[] {
  let file
  try {
    file = openSync(path, 'r')
  } catch {
    // No log: nothing was written.
    return []
  }
  try {
    const { size } = fstatSync(file)
    const start = Math.max(fromBytes > size ? 0 : fromBytes, size - 64 * 1024)
    const bytes = Buffer.alloc(size - start)
    const read = readSync(file, bytes, 0, bytes.length, start)
    return bytes
      .toString('utf8', 0, read)
      .split('\n')
      .filter((line) => line.trim() !== '')
      .slice(-count)
  } finally {
    closeSync(file)
  }
}

export function sizeOf(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.size ?? 0
}
