// Full text: MiniSearch holds the inverted index and its BM25; this file gives it Lucene's words and scores.

import MiniSearch from 'minisearch'
import { Uint32List } from './growable.ts'
import { indexPairs } from './value-pairs.ts'

export interface TextMatches {
  /** Ascending. */
  readonly docs: Uint32Array
  readonly scores: Float64Array
}

export interface TextQuery {
  readonly terms: readonly string[]
  readonly operator: 'OR' | 'AND'
  /** At least so many of the terms have to occur. */
  readonly minimum: number
  /** Edits allowed for a term of so many characters. */
  readonly fuzzy: (term: string) => number
  /** The terms are beginnings of words. */
  readonly isPrefix: boolean
}

export interface TextColumn {
  readonly kind: 'text'
  readonly documentsWithValue: number
  readonly starts: Uint32Array
  readonly sizeBytes: number
  search(query: TextQuery): TextMatches
}

interface TextDocument {
  readonly doc: number
  readonly text: string
}

// The parts of Unicode's word rule (UAX 29, Elasticsearch's `standard` analyzer) that occur in names and prose: letters, digits, marks and
// low lines join; a full stop or an apostrophe joins two letters or two digits, a colon or a middle dot two letters, a comma two digits;
// ideographs stand alone.
const IDEOGRAPH = '[\\p{Script=Han}\\p{Script=Hiragana}]'
const LETTER = `(?!${IDEOGRAPH})\\p{L}`
const WORD = new RegExp(
  `${IDEOGRAPH}|(?:(?!${IDEOGRAPH})[\\p{L}\\p{N}\\p{M}_]` +
    `|(?<=${LETTER}\\p{M}*)[:\u00b7\u2027.'\u2018\u2019\u2024\uff07\uff0e](?=${LETTER})` +
    `|(?<=\\p{N}\\p{M}*)[,;.'\u2018\u2019\u2024\uff07\uff0e](?=\\p{N}))+`,
  'gu'
)

/** What Elasticsearch's `standard` analyzer makes of a text. */
export function tokenize(text: string): string[] {
  return text.toLowerCase().match(WORD) ?? []
}

// Elasticsearch's BM25: Lucene's constants, and the factor k + 1 that Lucene itself dropped. d = 0 makes MiniSearch's BM25+ the plain one.
const BM25 = { k: 1.2, b: 0.75, d: 0 }

const REPEAT_MARK = '\u0000'

// MiniSearch takes the number of different words for the length of a text, Lucene the number of words: each repeat gets a mark that makes
// it a word of its own until the length is taken.
function tokenizeForIndex(text: string): string[] {
  const tokens = tokenize(text)
  if (new Set(tokens).size === tokens.length) return tokens
  return tokens.map((token, i) => (tokens.indexOf(token) === i ? token : `${token}${REPEAT_MARK}${i}`))
}

function unmark(token: string): string {
  const at = token.indexOf(REPEAT_MARK)
  return at === -1 ? token : token.slice(0, at)
}

export class TextBuilder {
  readonly #index = new MiniSearch<TextDocument>({
    fields: ['text'],
    idField: 'doc',
    tokenize: tokenizeForIndex,
    processTerm: unmark,
    autoVacuum: false
  })
  readonly #docs = new Uint32List()
  #openDoc = -1
  #openText = ''
  #bytes = 0

  add(doc: number, text: string): void {
    if (doc === this.#openDoc) {
      this.#openText += `\n${text}`
      return
    }
    this.#close()
    this.#openDoc = doc
    this.#openText = text
  }

  freeze(docCount: number): TextColumn {
    this.#close()
    const { starts, documentsWithValue } = indexPairs(this.#docs.toArray(), docCount)
    const index = this.#index
    // Eight bytes per posting, and each distinct term once.
    const sizeBytes = this.#bytes + 8 * index.termCount
    return { kind: 'text', documentsWithValue, starts, sizeBytes, search: (query) => search(index, query) }
  }

  #close(): void {
    if (this.#openDoc === -1) return
    // A text without a word has no part in the averages of the score.
    if (tokenize(this.#openText).length > 0) this.#index.add({ doc: this.#openDoc, text: this.#openText })
    this.#docs.push(this.#openDoc)
    this.#bytes += this.#openText.length
    this.#openDoc = -1
  }
}

function search(index: MiniSearch<TextDocument>, query: TextQuery): TextMatches {
  const results = index.search(query.terms.join('\n'), {
    tokenize: (joined) => joined.split('\n'),
    processTerm: (term) => term,
    combineWith: query.operator,
    fuzzy: (term) => query.fuzzy(term),
    prefix: query.isPrefix,
    bm25: BM25,
    ...(query.minimum > 1 && query.operator === 'OR' ? { filter: ({ queryTerms }) => queryTerms.length >= query.minimum } : {})
  })
  results.sort((a, b) => (a.id as number) - (b.id as number))
  const docs = new Uint32Array(results.length)
  const scores = new Float64Array(results.length)
  results.forEach((result, i) => {
    docs[i] = result.id as number
    // MiniSearch multiplies by the number of query terms that matched; Lucene does not.
    scores[i] = Math.fround(result.score / result.queryTerms.length)
  })
  return { docs, scores }
}
