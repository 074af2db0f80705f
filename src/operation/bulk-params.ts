// What Elastic Rally's parameter source would hand to its bulk runner: what a track's own code expects to see.

import type { JsonValue } from '../core/json.ts'
import type { Bulk } from '../corpus/bulk-reader.ts'

export type ElasticBulkParams = Readonly<Record<string, JsonValue | Buffer>>

/** The operation's own parameters, overlaid with those of one bulk. */
export function elasticBulkParams(params: Readonly<Record<string, JsonValue>>, bulk: Bulk): ElasticBulkParams {
  const pipeline = params['pipeline']
  return {
    ...params,
    index: bulk.set.targetIndex ?? bulk.set.targetDataStream,
    // Mapping types are gone, but the key is still there.
    type: null,
    'action-metadata-present': true,
    body: bulk.body,
    'bulk-size': bulk.documents,
    unit: 'docs',
    ...(typeof pipeline === 'string' && pipeline !== '' ? { pipeline } : {})
  }
}
