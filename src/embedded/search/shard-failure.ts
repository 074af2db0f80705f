// A search that its shards refuse, told as Elasticsearch tells it: the phase failed, and why on which index.

import { ApiError } from '../api-error.ts'
import type { EmbeddedIndex } from '../store/embedded-index.ts'

/** Mistakes of the request's form: found before any shard is asked, and shown as they are. */
const FORM_ERRORS = new Set(['parsing_exception', 'x_content_parse_exception', 'unsupported_operation_exception'])

/** Runs what depends on an index's mapping and data; its errors become `search_phase_execution_exception`. */
export function onShards<T>(index: EmbeddedIndex, run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (!(error instanceof ApiError) || error.status !== 400 || FORM_ERRORS.has(error.type)) throw error
    const rootCause = { ...error.toJson(), index: index.name, index_uuid: index.uuid }
    throw new ApiError(400, 'search_phase_execution_exception', 'all shards failed', {
      rootCause,
      details: { phase: 'query', grouped: true, failed_shards: [{ shard: 0, index: index.name, reason: rootCause }] },
      causedBy: error
    })
  }
}
