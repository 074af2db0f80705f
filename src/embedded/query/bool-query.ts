// bool and constant_score: other queries, put together.

import type { JsonObject, JsonValue } from '../../core/json.ts'
import { parsingError } from '../api-error.ts'
import { collect, everything, NOTHING, withBoost, withConstantScore, type Matcher } from './matcher.ts'
import { minimumMatches } from './minimum-should-match.ts'
import { checkKeys, readBoost, type Query } from './query.ts'
import type { Segment } from '../store/segment.ts'

type ParseChild = (child: unknown) => Query

const BOOL_KEYS = new Set(['must', 'filter', 'should', 'must_not', 'minimum_should_match', 'boost', 'adjust_pure_negative'])

interface Clauses {
  readonly must: readonly Matcher[]
  readonly filter: readonly Matcher[]
  readonly should: readonly Matcher[]
  readonly mustNot: readonly Matcher[]
  /** How many of `should` have to match. */
  readonly minimum: number
}

export function parseBool(body: JsonObject, parseChild: ParseChild): Query {
  checkKeys('bool', body, BOOL_KEYS)
  const read = (key: string): Query[] => list(body[key]).map(parseChild)
  const [must, filter, should, mustNot] = [read('must'), read('filter'), read('should'), read('must_not')]
  const boost = readBoost(body)
  const isOptional = must.length + filter.length > 0
  const minimum = minimumMatches(body['minimum_should_match'], should.length, isOptional ? 0 : Math.min(1, should.length))
  return (shard) => {
    const bound = [must, filter, should, mustNot].map((queries) => queries.map((query) => query(shard)))
    return (segment) => {
      const [boundMust, boundFilter, boundShould, boundNot] = bound.map((queries) => queries.map((query) => query(segment)))
      const clauses = { must: boundMust!, filter: boundFilter!, should: boundShould!, mustNot: boundNot!, minimum }
      return withBoost(boolMatcher(segment, clauses), boost)
    }
  }
}

export function parseConstantScore(body: JsonObject, parseChild: ParseChild): Query {
  checkKeys('constant_score', body, new Set(['filter', 'boost']))
  if (body['filter'] === undefined) throw parsingError("[constant_score] requires a 'filter' element")
  const filter = parseChild(body['filter'])
  const boost = readBoost(body)
  return (shard) => {
    const bound = filter(shard)
    return (segment) => withConstantScore(bound(segment), boost)
  }
}

function list(value: JsonValue | undefined): readonly JsonValue[] {
  if (value === undefined || value === null) return []
  return Array.isArray(value) ? (value as readonly JsonValue[]) : [value]
}

function boolMatcher(segment: Segment, clauses: Clauses): Matcher {
  const { must, filter, should, mustNot, minimum } = clauses
  if (minimum > should.length) return NOTHING
  const required = [...must, ...filter].sort((a, b) => a.estimate - b.estimate)
  const lead = required[0] ?? (minimum > 0 ? union(segment, should) : everything(segment, 0))
  const others = required.slice(1)
  const needsCount = minimum > 1 || (minimum === 1 && required.length > 0)
  const passes = (doc: number): boolean =>
    others.every((matcher) => matcher.test(doc)) &&
    (!needsCount || enough(should, minimum, doc)) &&
    !mustNot.some((matcher) => matcher.test(doc))
  const isPlain = others.length === 0 && !needsCount && mustNot.length === 0
  return {
    estimate: lead.estimate,
    ascending: lead.ascending,
    isConstantScore: should.length === 0 && must.every((matcher) => matcher.isConstantScore),
    docs: () => (isPlain ? lead.docs() : lead.docs().filter(passes)),
    test: (doc) => lead.test(doc) && passes(doc),
    score: (doc) => {
      let sum = 0
      for (const matcher of must) sum += matcher.score(doc)
      for (const matcher of should) if (matcher.test(doc)) sum += matcher.score(doc)
      return Math.fround(sum)
    }
  }
}

function enough(should: readonly Matcher[], minimum: number, doc: number): boolean {
  let count = 0
  for (const matcher of should) if (matcher.test(doc) && ++count >= minimum) return true
  return minimum <= 0
}

function union(segment: Segment, matchers: readonly Matcher[]): Matcher {
  const [only] = matchers
  if (matchers.length === 1 && only !== undefined) return only
  const estimate = Math.min(
    segment.docCount,
    matchers.reduce((sum, matcher) => sum + matcher.estimate, 0)
  )
  return {
    estimate,
    ascending: true,
    isConstantScore: false,
    docs: () =>
      collect(segment.docCount, (mark) => {
        for (const matcher of matchers) matcher.docs().forEach(mark)
      }),
    test: (doc) => matchers.some((matcher) => matcher.test(doc)),
    score: () => 0
  }
}
