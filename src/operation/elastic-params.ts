// The parameters that Elastic Rally's built-in sources hand to an operation, key by key: our sources start from them.

import type { JsonObject } from '../core/json.ts'
import type { Operation, Track } from '../track/track.ts'
import { searchParams } from './search-params.ts'

const SEARCHES = new Set(['search', 'paginated-search', 'scroll-search', 'composite-agg'])

/** Pure; throws RallyError('track') for what the source of this type would not take. */
export function elasticParams(operation: Operation, track: Track): JsonObject {
  if (SEARCHES.has(operation.type)) return searchParams(operation, track)
  return operation.params
}
