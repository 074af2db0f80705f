// Whether a file is still the one that was looked at: its size, times and number, which no change leaves as they were.

import { stat, type FileHandle } from 'node:fs/promises'

export interface FileStamp {
  readonly bytes: number
  readonly mtimeMs: number
  readonly ctimeMs: number
  readonly ino: number
}

/** null: there is no such file. */
export async function stampAt(path: string): Promise<FileStamp | null> {
  const found = await stat(path).catch(() => null)
  return found?.isFile() === true ? stampFrom(found) : null
}

export async function stampOf(file: FileHandle): Promise<FileStamp> {
  return stampFrom(await file.stat())
}

export function isSame(a: FileStamp | null, b: FileStamp | null): boolean {
  return a !== null && b !== null && a.bytes === b.bytes && a.mtimeMs === b.mtimeMs && a.ctimeMs === b.ctimeMs && a.ino === b.ino
}

function stampFrom({ size, mtimeMs, ctimeMs, ino }: { size: number; mtimeMs: number; ctimeMs: number; ino: number }): FileStamp {
  return { bytes: size, mtimeMs, ctimeMs, ino }
}
