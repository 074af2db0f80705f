// term, terms, prefix: exact values, looked up in dictionaries and sorted values.

import { unreachable } from '../../core/exhaustive.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import { illegalArgument, parsingError, unsupported } from '../api-error.ts'
import { ordinalOf, type KeywordColumn } from '../columns/keyword-column.ts'
import { lowerBound, prefixEnd } from '../columns/string-order.ts'
import { convertValue } from '../store/convert-value.ts'
import { parseDate } from '../store/date-format.ts'
import { COLUMN_OF_TYPE, type Field } from '../store/field.ts'
import type { Segment, SegmentView } from '../store/segment.ts'
import { idsMatcher } from './document-queries.ts'
import { constantMatcher, NOTHING, uniqueAscending, withBoost, type Matcher } from './matcher.ts'
import { checkKeys, fieldClause, readBoost, scalar, type Query, type QueryContext, type QueryParser } from './query.ts'
import { textMatcher } from './text-matcher.ts'
import { numericRange, ordinalRange } from './value-matchers.ts'
import { show } from '../show.ts'

const MAX_TERMS = 65_536

export const parseTerm: QueryParser = (body, context) => {
  const { field, clause } = fieldClause('term', body)
  const options: JsonObject = isObject(clause) ? clause : { value: clause as string }
  checkKeys('term', options, new Set(['value', 'boost', 'case_insensitive']))
  if (show(options['case_insensitive'] ?? 'false') !== 'false') throw unsupported('[case_insensitive] in query [term]')
  return termQuery({ path: field, value: scalar('term', options['value']), boost: readBoost(options) }, context)
}

/** Documents where the field has exactly this value. */
export function termQuery(term: { path: string; value: string | number | boolean; boost: number }, context: QueryContext): Query {
  const { path, value, boost } = term
  if (path === '_id') return () => (segment) => idsMatcher(segment, [String(value)], boost)
  const field = context.mapping.fields.get(path)
  if (field === undefined) return () => () => NOTHING
  const kind = COLUMN_OF_TYPE[field.type]
  switch (kind) {
    case 'keyword':
      return keywordTerm(path, String(value), boost)
    case 'text':
      return () => (segment) =>
        withBoost(
          textMatcher(segment, path, { terms: [String(value)], operator: 'AND', minimum: 1, fuzzy: () => 0, isPrefix: false }),
          boost
        )
    case 'numeric': {
      const bounds = exactly(field, value)
      return () => (segment) => numericRange(segment, path, { ...bounds, score: boost })
    }
    case 'geo':
      throw illegalArgument(`Geometry fields do not support exact searching, use dedicated geometry queries instead: [${path}]`)
    default:
      return unreachable(kind)
  }
}

/** The numbers that equal a query's value: one, or for a date all its text leaves open. */
function exactly(field: Field, value: string | number | boolean): { min: number; max: number } {
  if (field.type === 'date') {
    const min = parseDate(field.dateFormat, value)
    if (Number.isNaN(min)) throw illegalArgument(`failed to parse date field [${String(value)}] with format [${field.dateFormat.name}]`)
    return { min, max: parseDate(field.dateFormat, value, true) }
  }
  // A whole-number field holds no fraction, so none can be found: not an error.
  const isWholeType = ['byte', 'short', 'integer', 'long'].includes(field.type)
  if (isWholeType && !Number.isInteger(Number(value)) && Number.isFinite(Number(value))) return { min: 1, max: 0 }
  const number = convertValue({ ...field, ignoreMalformed: false }, value) as number
  return { min: number, max: number }
}

function keywordTerm(path: string, value: string, boost: number): Query {
  return (shard) => {
    const score = boost * keywordScore(shard, path, value)
    return (segment) => {
      const column = keywordColumn(segment, path)
      const ordinal = column === null ? -1 : ordinalOf(column, value)
      return column === null || ordinal === -1 ? NOTHING : ordinalRange(segment, column, { from: ordinal, to: ordinal + 1, score })
    }
  }
}

// Elasticsearch's BM25 (k1 = 1.2, b = 0.75) with a term frequency of 1, over the whole shard. Keywords have no norms: each document counts
// as one term long, against an average of terms per document.
function keywordScore(shard: readonly SegmentView[], path: string, value: string): number {
  let documents = 0
  let matching = 0
  let terms = 0
  for (const { segment } of shard) {
    const column = keywordColumn(segment, path)
    if (column === null) continue
    documents += column.documentsWithValue
    terms += column.ordinals.length
    const ordinal = ordinalOf(column, value)
    if (ordinal !== -1) matching += column.postingStarts[ordinal + 1]! - column.postingStarts[ordinal]!
  }
  if (matching === 0) return 0
  const idf = Math.log(1 + (documents - matching + 0.5) / (matching + 0.5))
  return Math.fround((idf * 2.2) / (1 + 1.2 * (0.25 + (0.75 * documents) / terms)))
}

function keywordColumn(segment: Segment, path: string): KeywordColumn | null {
  const column = segment.columns.get(path)
  return column?.kind === 'keyword' ? column : null
}

export const parseTerms: QueryParser = (body, context) => {
  const { field, clause } = fieldClause('terms', body, new Set(['boost']))
  if (isObject(clause)) throw unsupported('terms lookup in query [terms]')
  if (!Array.isArray(clause)) throw parsingError('[terms] query requires an array of terms')
  if (clause.length > MAX_TERMS) {
    throw illegalArgument(
      `The number of terms [${clause.length}] used in the Terms Query request has exceeded the allowed maximum of [${MAX_TERMS}].`
    )
  }
  const boost = readBoost(body)
  const values = clause.map((value) => scalar('terms', value))
  if (field === '_id') return () => (segment) => idsMatcher(segment, values.map(String), boost)
  const queries = values.map((value) => termQuery({ path: field, value, boost: 1 }, context))
  return (shard) => {
    const bound = queries.map((query) => query(shard))
    return (segment) =>
      anyOf(
        segment,
        bound.map((query) => query(segment)).filter((matcher) => matcher.estimate > 0),
        boost
      )
  }
}

function anyOf(segment: Segment, matchers: readonly Matcher[], score: number): Matcher {
  const estimate = matchers.reduce((sum, matcher) => sum + matcher.estimate, 0)
  if (estimate === 0) return NOTHING
  const all = new Uint32Array(estimate)
  let count = 0
  for (const matcher of matchers) {
    const docs = matcher.docs()
    all.set(docs, count)
    count += docs.length
  }
  const docs = uniqueAscending(all.subarray(0, count), segment.docCount)
  return constantMatcher({
    docs: () => docs,
    estimate: docs.length,
    ascending: true,
    test: (doc) => matchers.some((matcher) => matcher.test(doc)),
    score
  })
}

export const parsePrefix: QueryParser = (body, context) => {
  const { field, clause } = fieldClause('prefix', body)
  const options: JsonObject = isObject(clause) ? clause : { value: clause as string }
  checkKeys('prefix', options, new Set(['value', 'boost', 'case_insensitive', 'rewrite']))
  if (show(options['case_insensitive'] ?? 'false') !== 'false') throw unsupported('[case_insensitive] in query [prefix]')
  const prefix = String(scalar('prefix', options['value']))
  const boost = readBoost(options)
  const type = context.mapping.fields.get(field)?.type
  if (type === undefined) return () => () => NOTHING
  if (type === 'keyword') return () => (segment) => prefixMatcher(segment, field, prefix, boost)
  if (type === 'text') {
    return () => (segment) => {
      const matcher = textMatcher(segment, field, { terms: [prefix], operator: 'AND', minimum: 1, fuzzy: () => 0, isPrefix: true })
      return { ...matcher, isConstantScore: true, score: () => boost }
    }
  }
  throw illegalArgument(`Can only use prefix queries on keyword, text and wildcard fields - not on [${field}] which is of type [${type}]`)
}

function prefixMatcher(segment: Segment, path: string, prefix: string, score: number): Matcher {
  const column = keywordColumn(segment, path)
  if (column === null) return NOTHING
  const from = lowerBound(column.terms, prefix)
  return ordinalRange(segment, column, { from, to: prefixEnd(column.terms, prefix, from), score })
}
