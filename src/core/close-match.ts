// Which known word did they mean? Python's difflib.get_close_matches, because Elastic Rally's users know its answers.

/** difflib's: the least share of matching letters. */
const CUTOFF = 0.6
/** From this length on, difflib ignores letters that make up more than 1 % of the word looked up. */
const POPULAR_FROM = 200

/** Up to `count` of the possibilities that resemble `word` (ratio ≥ `cutoff`), the closest first; equal ratios: the greater text first. */
export function closeMatches(word: string, possibilities: Iterable<string>, count = 3, cutoff = CUTOFF): string[] {
  const letters = Array.from(word)
  const positions = positionsOf(letters)
  const scored: { readonly ratio: number; readonly text: string }[] = []
  for (const text of possibilities) {
    const ratio = ratioOf(Array.from(text), letters, positions, cutoff)
    if (ratio >= cutoff) scored.push({ ratio, text })
  }
  scored.sort((a, b) => b.ratio - a.ratio || compareTexts(b.text, a.text))
  return scored.slice(0, count).map((entry) => entry.text)
}

/** The one nearest word, or null. */
export function closestMatch(word: string, possibilities: Iterable<string>, cutoff = CUTOFF): string | null {
  return closeMatches(word, possibilities, 1, cutoff)[0] ?? null
}

/** `, did you mean [x]?` or the empty text: to end a message with. */
export function didYouMean(word: string, possibilities: Iterable<string>): string {
  const match = closestMatch(word, possibilities)
  return match === null || match === word ? '' : `, did you mean [${match}]?`
}

/** The closest word of each of `words` that has one (Elastic Rally's make_list_of_close_matches). */
export function closeMatchOfEach(words: Iterable<string>, possibilities: readonly string[]): string[] {
  return [...words].flatMap((word) => closeMatches(word, possibilities, 1))
}

function compareTexts(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

function positionsOf(letters: readonly string[]): ReadonlyMap<string, readonly number[]> {
  const positions = new Map<string, number[]>()
  letters.forEach((letter, at) => {
    const known = positions.get(letter)
    if (known === undefined) positions.set(letter, [at])
    else known.push(at)
  })
  if (letters.length < POPULAR_FROM) return positions
  const limit = Math.floor(letters.length / 100) + 1
  for (const [letter, at] of positions) if (at.length > limit) positions.delete(letter)
  return positions
}

/** 2 × matching letters ÷ letters of both (difflib's SequenceMatcher.ratio with `b` as second sequence); 0 if surely below `cutoff`. */
function ratioOf(a: readonly string[], b: readonly string[], positions: ReadonlyMap<string, readonly number[]>, cutoff: number): number {
  const total = a.length + b.length
  if (total === 0) return 1
  // No pair of blocks can match more letters than the shorter text has: spares the search for most words.
  if ((2 * Math.min(a.length, b.length)) / total < cutoff) return 0
  let matching = 0
  const open: [number, number, number, number][] = [[0, a.length, 0, b.length]]
  for (let range = open.pop(); range !== undefined; range = open.pop()) {
    const [aFrom, aTo, bFrom, bTo] = range
    const block = longestBlock({ a, b, positions }, range)
    if (block.size === 0) continue
    matching += block.size
    open.push([aFrom, block.a, bFrom, block.b], [block.a + block.size, aTo, block.b + block.size, bTo])
  }
  return (2 * matching) / total
}

interface Sequences {
  readonly a: readonly string[]
  readonly b: readonly string[]
  readonly positions: ReadonlyMap<string, readonly number[]>
}

/** The longest run found in both ranges; of several, the first in `a`, then the first in `b`. */
function longestBlock(of: Sequences, range: readonly [number, number, number, number]): { a: number; b: number; size: number } {
  const { a, b, positions } = of
  const [aFrom, aTo, bFrom, bTo] = range
  const best = { a: aFrom, b: bFrom, size: 0 }
  let runs = new Map<number, number>()
  for (let i = aFrom; i < aTo; i++) {
    const next = new Map<number, number>()
    for (const j of positions.get(a[i]!) ?? []) {
      if (j < bFrom) continue
      if (j >= bTo) break
      const run = (runs.get(j - 1) ?? 0) + 1
      next.set(j, run)
      if (run > best.size) Object.assign(best, { a: i - run + 1, b: j - run + 1, size: run })
    }
    runs = next
  }
  // Letters too frequent to start a block may still lengthen one.
  while (best.a > aFrom && best.b > bFrom && a[best.a - 1] === b[best.b - 1])
    Object.assign(best, { a: best.a - 1, b: best.b - 1, size: best.size + 1 })
  while (best.a + best.size < aTo && best.b + best.size < bTo && a[best.a + best.size] === b[best.b + best.size]) best.size++
  return best
}
