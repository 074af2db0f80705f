// (document, value) pairs, in order of documents → what a column needs to find the values of a document.

export interface ValueIndex {
  /** Values of document d: positions starts[d] … starts[d + 1] of the pairs. */
  readonly starts: Uint32Array
  /** No document has two values. */
  readonly isSingle: boolean
  readonly documentsWithValue: number
}

/** `docs` ascends; `docCount` documents in all. */
export function indexPairs(docs: Uint32Array, docCount: number): ValueIndex {
  const starts = new Uint32Array(docCount + 1)
  for (const doc of docs) starts[doc + 1]!++
  let isSingle = true
  let documentsWithValue = 0
  for (let doc = 0; doc < docCount; doc++) {
    const count = starts[doc + 1]!
    if (count > 0) documentsWithValue++
    if (count > 1) isSingle = false
    starts[doc + 1] = starts[doc]! + count
  }
  return { starts, isSingle, documentsWithValue }
}
