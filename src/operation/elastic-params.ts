// The parameters that Elastic Rally's built-in sources hand to an operation, key by key: our sources start from them.
// Unlike Elastic's they are pure: merged `settings` do not stay in the track for later operations.

import type { JsonObject } from '../core/json.ts'
import type { Operation, Track } from '../track/track.ts'
import { createDataStreamParams, createIndexParams, deleteDataStreamParams, deleteIndexParams } from './index-params.ts'
import { downsampleParams, forceMergeParams, sleepParams } from './maintenance-params.ts'
import { searchParams } from './search-params.ts'
import {
  createComponentTemplateParams,
  createComposableTemplateParams,
  createIndexTemplateParams,
  deleteComponentTemplateParams,
  deleteComposableTemplateParams,
  deleteIndexTemplateParams
} from './template-params.ts'

type Params = (operation: Operation, track: Track) => JsonObject

const BY_TYPE: ReadonlyMap<string, Params> = new Map<string, Params>([
  ['search', searchParams],
  ['paginated-search', searchParams],
  ['scroll-search', searchParams],
  ['composite-agg', searchParams],
  ['create-index', createIndexParams],
  ['delete-index', deleteIndexParams],
  ['create-data-stream', createDataStreamParams],
  ['delete-data-stream', deleteDataStreamParams],
  ['create-index-template', createIndexTemplateParams],
  ['delete-index-template', deleteIndexTemplateParams],
  ['create-composable-template', createComposableTemplateParams],
  ['delete-composable-template', deleteComposableTemplateParams],
  ['create-component-template', createComponentTemplateParams],
  ['delete-component-template', deleteComponentTemplateParams],
  ['force-merge', forceMergeParams],
  ['downsample', downsampleParams],
  ['sleep', sleepParams]
])

/** Pure; all other types get the operation's own. Throws RallyError('track') for what the source of this type would not take. */
export function elasticParams(operation: Operation, track: Track): JsonObject {
  const params = BY_TYPE.get(operation.type)
  return params === undefined ? operation.params : params(operation, track)
}
