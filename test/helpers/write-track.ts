// Track folders for races through the command line.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { temporaryFolder } from './race-process.ts'

type Json = Readonly<Record<string, unknown>>

export interface TrackParts {
  readonly schedule: readonly Json[]
  /** Of `documents.json`; none: no such file is written. */
  readonly documents?: readonly string[]
  /** Differs from the file where a test wants a wrong one; without both there is no corpus. */
  readonly documentCount?: number
  /** More keys of the document set. */
  readonly set?: Json
}

/** Writes a track and its data file; gives its folder. */
export function writeTrack({ schedule, documents, documentCount, set }: TrackParts): string {
  const folder = join(temporaryFolder(), 'chaos')
  mkdirSync(folder)
  const sets = [{ 'source-file': 'documents.json', 'document-count': documentCount ?? documents?.length ?? 0, ...set }]
  const corpora = documents === undefined && documentCount === undefined ? {} : { indices: [{ name: 'i' }], corpora: [{ name: 'c', documents: sets }] }
  writeFileSync(join(folder, 'track.json'), JSON.stringify({ version: 2, description: 'faults', ...corpora, schedule }, null, 2))
  if (documents !== undefined) writeFileSync(join(folder, 'documents.json'), documents.map((line) => `${line}\n`).join(''))
  return folder
}

/** A task of searches. */
export function searchTask(changes: Json = {}): Json {
  const { name = 'find', ...rest } = changes as { readonly name?: string }
  return { name, operation: { name, 'operation-type': 'search', index: 'i', body: { query: { match_all: {} } } }, ...rest }
}

/** A task of bulks. */
export function bulkTask(changes: Json = {}, params: Json = {}): Json {
  const { name = 'fill', ...rest } = changes as { readonly name?: string }
  return { name, operation: { name, 'operation-type': 'bulk', 'bulk-size': 10, ...params }, ...rest }
}

/** As many small documents. */
export function smallDocuments(count: number): string[] {
  return Array.from({ length: count }, (_, n) => `{"n":${n}}`)
}
