// Numbers, dates (ms since the epoch) and booleans (0, 1): each document's values, and all values in order.

import { Float64List, Uint32List } from './growable.ts'
import { indexPairs } from './value-pairs.ts'

export interface NumericColumn {
  readonly kind: 'numeric'
  readonly starts: Uint32Array
  /** Ascending in each document. */
  readonly values: Float64Array
  /** By document, NaN for none; null: some document has several. */
  readonly single: Float64Array | null
  /** All values ascending, equal ones by document, and the document of each. */
  readonly sortedValues: Float64Array
  readonly sortedDocs: Uint32Array
  readonly documentsWithValue: number
  readonly sizeBytes: number
}

export class NumericBuilder {
  readonly #docs = new Uint32List()
  readonly #values = new Float64List()

  add(doc: number, value: number): void {
    this.#docs.push(doc)
    this.#values.push(value)
  }

  freeze(docCount: number): NumericColumn {
    const docs = this.#docs.toArray()
    const values = this.#values.toArray()
    const { starts, isSingle, documentsWithValue } = indexPairs(docs, docCount)
    let single: Float64Array | null = null
    if (isSingle) {
      single = new Float64Array(docCount).fill(Number.NaN)
      for (let i = 0; i < docs.length; i++) single[docs[i]!] = values[i]!
    } else {
      for (let doc = 0; doc < docCount; doc++) values.subarray(starts[doc], starts[doc + 1]).sort()
    }
    const order = Uint32Array.from(docs.keys()).sort((a, b) => values[a]! - values[b]! || a - b)
    const sortedValues = Float64Array.from(order, (i) => values[i]!)
    const sortedDocs = Uint32Array.from(order, (i) => docs[i]!)
    const sizeBytes = 4 * (docCount + docs.length) + 16 * docs.length
    return { kind: 'numeric', starts, values, single, sortedValues, sortedDocs, documentsWithValue, sizeBytes }
  }
}

/** First position in ascending `values` that is ≥ value, or > value if `after`. */
export function positionOf(values: Float64Array, value: number, after: boolean): number {
  let low = 0
  let high = values.length
  while (low < high) {
    const middle = (low + high) >>> 1
    const here = values[middle]!
    if (here < value || (after && here === value)) low = middle + 1
    else high = middle
  }
  return low
}

export function hasValueIn(column: NumericColumn, doc: number, min: number, max: number): boolean {
  if (column.single !== null) {
    const value = column.single[doc]!
    return value >= min && value <= max
  }
  for (let i = column.starts[doc]!; i < column.starts[doc + 1]!; i++) {
    if (column.values[i]! >= min && column.values[i]! <= max) return true
  }
  return false
}
