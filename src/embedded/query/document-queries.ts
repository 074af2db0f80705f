// match_all, match_none, ids, exists: queries that look at no value.

import { parsingError } from '../api-error.ts'
import type { Column, Segment } from '../store/segment.ts'
import { collect, constantMatcher, everything, find, NOTHING, type Matcher } from './matcher.ts'
import { checkKeys, readBoost, type QueryParser } from './query.ts'

export const parseMatchAll: QueryParser = (body) => {
  checkKeys('match_all', body, new Set(['boost']))
  const boost = readBoost(body)
  return () => (segment) => everything(segment, boost)
}

export const parseMatchNone: QueryParser = (body) => {
  checkKeys('match_none', body, new Set(['boost']))
  return () => () => NOTHING
}

export const parseIds: QueryParser = (body) => {
  checkKeys('ids', body, new Set(['values', 'boost']))
  const { values } = body
  if (!Array.isArray(values)) throw parsingError('[ids] requires providing a values array of ids')
  const boost = readBoost(body)
  return () => (segment) => idsMatcher(segment, values.map(String), boost)
}

/** Documents with these ids. */
export function idsMatcher(segment: Segment, ids: readonly string[], score: number): Matcher {
  const found = new Set(ids.map((id) => segment.docOfId.get(id)).filter((doc) => doc !== undefined))
  const docs = Uint32Array.from(found).sort()
  return constantMatcher({ docs: () => docs, estimate: docs.length, ascending: true, test: (doc) => found.has(doc), score })
}

export const parseExists: QueryParser = (body, context) => {
  checkKeys('exists', body, new Set(['field', 'boost']))
  const { field } = body
  if (typeof field !== 'string') throw parsingError('[exists] must be provided with a [field]')
  const boost = readBoost(body)
  const paths = [...context.mapping.fields.keys()].filter((path) => path === field || path.startsWith(`${field}.`))
  return () => (segment) => existsMatcher(segment, paths, boost)
}

function existsMatcher(segment: Segment, paths: readonly string[], score: number): Matcher {
  const columns = paths.map((path) => segment.columns.get(path)).filter((column): column is Column => column !== undefined)
  if (columns.length === 0) return NOTHING
  if (columns.some((column) => column.documentsWithValue === segment.docCount)) return everything(segment, score)
  const docs = collect(segment.docCount, (mark) => {
    for (const { starts } of columns) for (let doc = 0; doc < segment.docCount; doc++) if (starts[doc] !== starts[doc + 1]) mark(doc)
  })
  return constantMatcher({ docs: () => docs, estimate: docs.length, ascending: true, test: (doc) => find(docs, doc) !== -1, score })
}
