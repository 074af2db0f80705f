// `record.json` beside a file from a coordinator: which of its pieces are there. It is believed while the file is as it was then.

import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomically } from '../core/atomic-file.ts'
import type { FileStamp } from './file-stamp.ts'

export interface FileRecord {
  /** Its name at the coordinator, for people. */
  readonly path: string
  readonly stamp: FileStamp
  readonly pieces: readonly number[]
}

const MARK = 'kept by a load driver of Rally'

/** null: there is none, or it is not Rally's. */
export async function readRecord(folder: string): Promise<FileRecord | null> {
  try {
    const record = JSON.parse(await readFile(join(folder, 'record.json'), 'utf8')) as Partial<FileRecord> & { readonly mark?: unknown }
    if (record.mark !== MARK || record.stamp === undefined || !Array.isArray(record.pieces)) return null
    return { path: String(record.path), stamp: record.stamp, pieces: record.pieces.filter((piece) => Number.isInteger(piece)) }
  } catch {
    return null
  }
}

export async function writeRecord(folder: string, record: FileRecord): Promise<void> {
  await writeFileAtomically(join(folder, 'record.json'), JSON.stringify({ mark: MARK, ...record }))
}
