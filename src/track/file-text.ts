// Reading the text files of a track: UTF-8 with or without byte order mark, any line ends, and never a file outside the track.

import { readdirSync, readFileSync, realpathSync, statSync } from 'node:fs'
import { basename, dirname, isAbsolute, join, relative, resolve, sep } from 'node:path'
import { systemCode } from '../core/errors.ts'

/** Larger ones are no template, but data. */
const MAX_FILE_BYTES = 64 * 1024 * 1024

/** Why a file could not be read; the message has no place. */
export class FileProblem extends Error {
  readonly reason: 'missing' | 'outside' | 'unreadable'
  constructor(reason: 'missing' | 'outside' | 'unreadable', message: string) {
    super(message)
    this.name = 'FileProblem'
    this.reason = reason
  }
}

/** The folder of a track. Links that lead out of it are not followed. */
export class TrackFolder {
  /** As given, absolute. */
  readonly path: string
  readonly #realPath: string

  /** Throws FileProblem if it is no readable folder. */
  constructor(path: string) {
    this.path = resolve(path)
    this.#realPath = guarded(this.path, () => realpathSync(this.path))
  }

  /** `challenges/default.json`: with slashes, relative to the folder, for messages. */
  nameOf(path: string): string {
    const name = relative(this.path, resolve(this.path, path))
    return (name === '' ? basename(this.path) : name).split(sep).join('/')
  }

  /** The text of a file, `path` absolute or relative to the folder. Throws FileProblem. */
  read(path: string): string {
    const absolute = resolve(this.path, path)
    this.#checkInside(absolute)
    return guarded(
      absolute,
      () => {
        const stat = statSync(absolute)
        if (stat.isDirectory()) throw new FileProblem('unreadable', `[${this.nameOf(path)}] is a folder, not a file`)
        if (!stat.isFile()) throw new FileProblem('unreadable', `[${this.nameOf(path)}] is not a regular file`)
        if (stat.size > MAX_FILE_BYTES)
          throw new FileProblem('unreadable', `[${this.nameOf(path)}] has ${stat.size} bytes, a file of a track at most ${MAX_FILE_BYTES}`)
        return decode(readFileSync(absolute), this.nameOf(path))
      },
      this.nameOf(path)
    )
  }

  /** Names of what is in a folder, `[]` if it does not exist or is none. Throws FileProblem if it may not be read or is outside. */
  list(path: string): string[] {
    const absolute = resolve(this.path, path)
    try {
      this.#checkInside(absolute)
      return readdirSync(absolute)
    } catch (error) {
      if (error instanceof FileProblem && error.reason === 'missing') return []
      const code = systemCode(error)
      if (code === 'ENOTDIR' || code === 'ENOENT') return []
      throw error instanceof FileProblem ? error : problemOf(error, this.nameOf(path))
    }
  }

  exists(path: string): boolean {
    try {
      const absolute = resolve(this.path, path)
      this.#checkInside(absolute)
      statSync(absolute)
      return true
    } catch (error) {
      if (error instanceof FileProblem && error.reason === 'outside') throw error
      return false
    }
  }

  /** Whether the part of a file's own name may be looked up: both its written and its real place are inside. */
  #checkInside(absolute: string): void {
    const outside = (): FileProblem => new FileProblem('outside', `[${this.nameOf(absolute)}] is a file outside the track's folder`)
    if (!isInside(this.path, absolute)) throw outside()
    const real = guarded(absolute, () => realpathSync(absolute), this.nameOf(absolute))
    if (!isInside(this.#realPath, real)) throw outside()
  }
}

function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path)
  return way === '' || !(way === '..' || way.startsWith(`..${sep}`) || isAbsolute(way))
}

function guarded<T>(path: string, read: () => T, name = path): T {
  try {
    return read()
  } catch (error) {
    throw error instanceof FileProblem ? error : problemOf(error, name)
  }
}

function problemOf(error: unknown, name: string): FileProblem {
  const code = systemCode(error)
  if (code === 'ENOENT') return new FileProblem('missing', `[${name}] does not exist`)
  if (code === 'ENOTDIR') return new FileProblem('missing', `[${name}] does not exist: [${dirname(name)}] is a file, not a folder`)
  if (code === 'EACCES' || code === 'EPERM') return new FileProblem('unreadable', `[${name}] may not be read (no permission)`)
  if (code === 'ELOOP') return new FileProblem('unreadable', `[${name}] is a link that leads to itself`)
  return new FileProblem('unreadable', `[${name}] cannot be read (${code ?? String(error)})`)
}

/** UTF-8 → text with `\n` line ends, as Python's text mode reads it; a byte order mark is dropped. */
function decode(bytes: Buffer, name: string): string {
  let text: string
  try {
    text = new TextDecoder('utf-8', { fatal: true }).decode(bytes)
  } catch {
    const before = new TextDecoder('utf-8').decode(bytes).split('\ufffd', 1)[0] ?? ''
    throw new FileProblem('unreadable', `[${name}] is not UTF-8 text (line ${before.split('\n').length})`)
  }
  return text.replace(/\r\n?/g, '\n')
}

/** Joined as a track writes it: relative to a folder inside the track. */
export function joinPath(folder: string, path: string): string {
  return isAbsolute(path) ? path : join(folder, path)
}
