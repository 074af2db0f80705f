// filter: one bucket with the documents that match a query.

import { parseQuery } from '../query/parse-query.ts'
import { runAll, totalDocs, type AggregationParser, type AggregationSlice } from './aggregation.ts'

export const parseFilter: AggregationParser = (body, context, children) => {
  // Parsed for each index, as its mapping decides; a mistake shows before anything runs.
  const queries = new Map(
    context.indices.map((index) => [index, parseQuery(body, { indexName: index.name, mapping: index.mapping, nowMs: context.nowMs })])
  )
  return {
    run: (slices) => {
      const kept = slices.map((slice): AggregationSlice => {
        const matcher = queries.get(slice.index)!([slice.view])(slice.view.segment)
        return { ...slice, docs: slice.docs.filter((doc) => matcher.test(doc)) }
      })
      return { doc_count: totalDocs(kept), ...runAll(children, kept) }
    }
  }
}
