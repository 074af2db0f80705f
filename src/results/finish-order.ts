// The order of a chunk's rows by finish. A worker records nearly in that order: what comes late moves up a few places.

/** Moves per row above which the rows are in no order worth keeping. */
const MAX_MOVES = 8

/** Row numbers by ascending finish, equal ones as recorded. */
export function finishOrder(endOffsetMs: Float64Array, rows: number): Uint32Array {
  const order = new Uint32Array(rows)
  let moves = rows * MAX_MOVES
  for (let row = 0; row < rows; row++) {
    const end = endOffsetMs[row]!
    let at = row
    while (at > 0 && endOffsetMs[order[at - 1]!]! > end) {
      order[at] = order[at - 1]!
      at--
    }
    order[at] = row
    moves -= row - at
    if (moves < 0) return sorted(endOffsetMs, rows)
  }
  return order
}

function sorted(endOffsetMs: Float64Array, rows: number): Uint32Array {
  return Uint32Array.from({ length: rows }, (_, row) => row).sort((a, b) => endOffsetMs[a]! - endOffsetMs[b]! || a - b)
}
