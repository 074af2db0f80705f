// How much a disk still takes.

import { stat, statfs } from 'node:fs/promises'
import { dirname } from 'node:path'
import { systemCode } from './errors.ts'

/** Which disk a folder, or the nearest one above it that exists, is on, and what it still takes; null: unknown. */
export async function roomIn(folder: string): Promise<{ device: number; freeBytes: number } | null> {
  try {
    const { bavail, bsize } = await statfs(folder)
    return { device: (await stat(folder)).dev, freeBytes: bavail * bsize }
  } catch (error) {
    const parent = dirname(folder)
    return systemCode(error) === 'ENOENT' && parent !== folder ? roomIn(parent) : null
  }
}
