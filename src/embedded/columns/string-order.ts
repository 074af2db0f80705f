// Elasticsearch orders terms by their UTF-8 bytes. JavaScript orders by UTF-16 units: the same but for surrogates.

const SURROGATE = /[\ud800-\udfff]/

export type StringOrder = (a: string, b: string) => number

export const unitOrder: StringOrder = (a, b) => (a < b ? -1 : a > b ? 1 : 0)

/** Order of code points, which is the order of UTF-8 bytes. */
export const codePointOrder: StringOrder = (a, b) => {
  const length = Math.min(a.length, b.length)
  for (let i = 0; i < length; i++) {
    const x = a.charCodeAt(i)
    const y = b.charCodeAt(i)
    if (x !== y) return rank(x) - rank(y)
  }
  return a.length - b.length
}

// Surrogates stand for code points above all other units.
function rank(unit: number): number {
  return unit >= 0xd800 && unit <= 0xdfff ? unit + 0x10000 : unit
}

/** The fast order where it is right for all these terms, else the exact one. */
export function orderFor(terms: readonly string[]): StringOrder {
  return terms.some((term) => SURROGATE.test(term)) ? codePointOrder : unitOrder
}

/** First index whose term is not before `term`. */
export function lowerBound(terms: readonly string[], term: string): number {
  let low = 0
  let high = terms.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (codePointOrder(terms[middle]!, term) < 0) low = middle + 1
    else high = middle
  }
  return low
}

/** First index at or after `from` whose term does not begin with `prefix`; `from` is the prefix's lower bound. */
export function prefixEnd(terms: readonly string[], prefix: string, from: number): number {
  let low = from
  let high = terms.length
  while (low < high) {
    const middle = (low + high) >>> 1
    if (terms[middle]!.startsWith(prefix)) low = middle + 1
    else high = middle
  }
  return low
}
