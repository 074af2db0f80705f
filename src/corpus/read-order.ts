// In which order a client reads its slices of the files, and how many bulks they make.

import type { Corpus, DocumentSet } from '../track/track.ts'
import { bounds, linesPerDocument, type Bounds, type ClientRange } from './bounds.ts'

/** A client's part of one data file. */
export interface FileSlice extends Bounds {
  readonly corpus: string
  readonly set: DocumentSet
}

/**
 * Elastic Rally's order: clients start at different corpora, and take one file of each corpus in turn, so that indexing
 * spreads over the corpora. Files without a document for these clients are left out.
 */
export function readOrder(corpora: readonly Corpus[], range: ClientRange): FileSlice[] {
  const start = corpora.length === 0 ? 0 : range.first % corpora.length
  const queues = [...corpora.slice(start), ...corpora.slice(0, start)].map((corpus) => slicesOf(corpus, range))
  const longest = Math.max(0, ...queues.map((queue) => queue.length))
  const order: FileSlice[] = []
  for (let turn = 0; turn < longest; turn++) {
    for (const queue of queues) {
      const slice = queue[turn]
      if (slice !== undefined) order.push(slice)
    }
  }
  return order
}

/** Bulks of `bulkSize` documents that the slices make: none reaches over the end of a file. */
export function numberOfBulks(slices: readonly FileSlice[], bulkSize: number): number {
  return slices.reduce((sum, slice) => sum + Math.ceil(slice.documents / bulkSize), 0)
}

function slicesOf(corpus: Corpus, range: ClientRange): FileSlice[] {
  return corpus.documents
    .map((set) => {
      const slice = bounds(set.numberOfDocuments, range, linesPerDocument(set.includesActionAndMetaData))
      return { ...slice, corpus: corpus.name, set }
    })
    .filter((slice) => slice.documents > 0)
}
