// match: analyzed text, BM25.

import { isObject, type JsonObject } from '../../core/json.ts'
import { illegalArgument, unsupported } from '../api-error.ts'
import { tokenize } from '../columns/text-column.ts'
import { everything, NOTHING, withBoost } from './matcher.ts'
import { minimumMatches } from './minimum-should-match.ts'
import { checkKeys, fieldClause, readBoost, scalar, type QueryParser } from './query.ts'
import { termQuery } from './term-query.ts'
import { textMatcher } from './text-matcher.ts'
import { show, words } from '../show.ts'

const KEYS = new Set(
  words(`
  query operator fuzziness minimum_should_match boost zero_terms_query lenient analyzer max_expansions
  fuzzy_transpositions auto_generate_synonyms_phrase_query cutoff_frequency
`)
)

export const parseMatch: QueryParser = (body, context) => {
  const { field, clause } = fieldClause('match', body)
  const options: JsonObject = isObject(clause) ? clause : { query: clause as string }
  checkKeys('match', options, KEYS)
  const text = scalar('match', options['query'])
  const boost = readBoost(options)
  if (context.mapping.fields.get(field)?.type !== 'text') return termQuery({ path: field, value: text, boost }, context)
  const analyzer = show(options['analyzer'] ?? 'standard')
  if (analyzer !== 'standard') throw unsupported(`analyzer [${analyzer}] in query [match]`)
  const terms = [...new Set(tokenize(String(text)))]
  const operator = readOperator(options['operator'])
  const fuzzy = readFuzziness(options['fuzziness'])
  if (terms.length === 0) return () => (segment) => (show(options['zero_terms_query']) === 'all' ? everything(segment, boost) : NOTHING)
  const minimum = operator === 'AND' ? terms.length : minimumMatches(options['minimum_should_match'], terms.length, 1)
  return () => (segment) => withBoost(textMatcher(segment, field, { terms, operator, minimum, fuzzy, isPrefix: false }), boost)
}

function readOperator(value: unknown): 'OR' | 'AND' {
  const operator = show(value ?? 'OR').toUpperCase()
  if (operator === 'OR' || operator === 'AND') return operator
  throw illegalArgument(`No enum constant org.elasticsearch.index.query.Operator.${operator}`)
}

/** `AUTO`: no edit up to two characters, one up to five, else two. */
function readFuzziness(value: unknown): (term: string) => number {
  if (value === undefined) return () => 0
  const text = show(value).toUpperCase()
  const auto = /^AUTO(?::(\d+),(\d+))?$/.exec(text)
  if (auto !== null) {
    const low = Number(auto[1] ?? 3)
    const high = Number(auto[2] ?? 6)
    return (term) => (term.length < low ? 0 : term.length < high ? 1 : 2)
  }
  if (!/^[012]$/.test(text)) throw illegalArgument(`Valid edit distances are 0, 1, 2 and AUTO; was [${text}]`)
  return () => Number(text)
}
