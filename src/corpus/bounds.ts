// Which lines of a data file a client reads: Elastic Rally's arithmetic, to the document.

/** Clients `first`…`last` (inclusive, numbers in the task) out of `clients`. One client: first = last. */
export interface ClientRange {
  readonly first: number
  readonly last: number
  readonly clients: number
}

export interface Bounds {
  /** Lines before the slice. */
  readonly offsetLines: number
  readonly documents: number
  readonly lines: number
}

/** Lines that a document takes: 2 where the file brings its own action lines. */
export function linesPerDocument(includesActionAndMetaData: boolean): number {
  return includesActionAndMetaData ? 2 : 1
}

/** The slice of a file of `totalDocuments` that a range of clients reads; the slices of all clients cover it exactly once. */
export function bounds(totalDocuments: number, range: ClientRange, linesEach: number): Bounds {
  const perClient = totalDocuments / range.clients
  const from = roundHalfEven(perClient * range.first)
  const to = roundHalfEven(perClient * (range.last + 1))
  return { offsetLines: from * linesEach, documents: to - from, lines: (to - from) * linesEach }
}

/** Python's `round`: a half goes to the even neighbour. For numbers ≥ 0. */
export function roundHalfEven(value: number): number {
  const floor = Math.floor(value)
  const rest = value - floor
  if (rest !== 0.5) return rest < 0.5 ? floor : floor + 1
  return floor % 2 === 0 ? floor : floor + 1
}
