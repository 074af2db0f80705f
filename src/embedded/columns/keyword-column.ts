// Exact strings: a sorted dictionary, each document's ordinals, and for each ordinal its documents.

import { Uint32List } from './growable.ts'
import { lowerBound, orderFor } from './string-order.ts'
import { indexPairs } from './value-pairs.ts'

/** Ordinal of a document without a value. */
export const NO_ORDINAL = 0xffffffff

export interface KeywordColumn {
  readonly kind: 'keyword'
  /** In order of their UTF-8 bytes; the position is the ordinal. */
  readonly terms: readonly string[]
  readonly starts: Uint32Array
  /** Ascending in each document. */
  readonly ordinals: Uint32Array
  /** By document, NO_ORDINAL for none; null: some document has several. */
  readonly single: Uint32Array | null
  /** Documents of ordinal o, ascending: postings[postingStarts[o] … postingStarts[o + 1]]. */
  readonly postingStarts: Uint32Array
  readonly postings: Uint32Array
  readonly documentsWithValue: number
  readonly sizeBytes: number
}

export class KeywordBuilder {
  readonly #ordinalOf = new Map<string, number>()
  readonly #terms: string[] = []
  readonly #docs = new Uint32List()
  readonly #ordinals = new Uint32List()

  add(doc: number, term: string): void {
    let ordinal = this.#ordinalOf.get(term)
    if (ordinal === undefined) {
      ordinal = this.#terms.length
      this.#ordinalOf.set(term, ordinal)
      this.#terms.push(term)
    }
    this.#docs.push(doc)
    this.#ordinals.push(ordinal)
  }

  freeze(docCount: number): KeywordColumn {
    const order = orderFor(this.#terms)
    const byTerm = Uint32Array.from(this.#terms.keys()).sort((a, b) => order(this.#terms[a]!, this.#terms[b]!))
    const rank = new Uint32Array(byTerm.length)
    byTerm.forEach((ordinal, position) => (rank[ordinal] = position))
    const raw = this.#ordinals.toArray().map((ordinal) => rank[ordinal]!)
    const { docs, ordinals } = sortedSets(this.#docs.toArray(), raw)
    return makeColumn(
      Array.from(byTerm, (ordinal) => this.#terms[ordinal]!),
      docs,
      ordinals,
      docCount
    )
  }
}

// A document's keyword values are a set: sorted, each once.
function sortedSets(docs: Uint32Array, ordinals: Uint32Array): { docs: Uint32Array; ordinals: Uint32Array } {
  let kept = 0
  for (let from = 0; from < docs.length;) {
    let to = from + 1
    while (to < docs.length && docs[to] === docs[from]) to++
    if (to - from > 1) ordinals.subarray(from, to).sort()
    for (let i = from; i < to; i++) {
      if (i > from && ordinals[i] === ordinals[i - 1]) continue
      const ordinal = ordinals[i]!
      docs[kept] = docs[from]!
      ordinals[kept++] = ordinal
    }
    from = to
  }
  return { docs: docs.slice(0, kept), ordinals: ordinals.slice(0, kept) }
}

function makeColumn(terms: string[], docs: Uint32Array, ordinals: Uint32Array, docCount: number): KeywordColumn {
  const { starts, isSingle, documentsWithValue } = indexPairs(docs, docCount)
  const postingStarts = new Uint32Array(terms.length + 1)
  for (const ordinal of ordinals) postingStarts[ordinal + 1]!++
  for (let i = 0; i < terms.length; i++) postingStarts[i + 1]! += postingStarts[i]!
  const next = postingStarts.slice()
  const postings = new Uint32Array(docs.length)
  for (let i = 0; i < docs.length; i++) postings[next[ordinals[i]!]!++] = docs[i]!
  let single: Uint32Array | null = null
  if (isSingle) {
    single = new Uint32Array(docCount).fill(NO_ORDINAL)
    for (let i = 0; i < docs.length; i++) single[docs[i]!] = ordinals[i]!
  }
  const sizeBytes = terms.reduce((sum, term) => sum + term.length, 0) + 4 * (docCount + 2 * docs.length + terms.length)
  return { kind: 'keyword', terms, starts, ordinals, single, postingStarts, postings, documentsWithValue, sizeBytes }
}

/** Ordinal of a term, or -1. */
export function ordinalOf(column: KeywordColumn, term: string): number {
  const at = lowerBound(column.terms, term)
  return column.terms[at] === term ? at : -1
}

/** Documents whose ordinals lie in [from, to): ascending if the range is one term, else by term; a document may repeat. */
export function documentsOf(column: KeywordColumn, from: number, to: number): Uint32Array {
  return column.postings.subarray(column.postingStarts[from], column.postingStarts[to])
}

export function hasOrdinalIn(column: KeywordColumn, doc: number, from: number, to: number): boolean {
  if (column.single !== null) {
    const ordinal = column.single[doc]!
    return ordinal >= from && ordinal < to
  }
  for (let i = column.starts[doc]!; i < column.starts[doc + 1]!; i++) {
    if (column.ordinals[i]! >= from && column.ordinals[i]! < to) return true
  }
  return false
}
