// Every API of the node, and what it says of those it has not.

import { unsupported } from '../api-error.ts'
import { ANY_PARAM, Router, type Route } from '../http/router.ts'
import { bulkRoutes } from './bulk-api.ts'
import { clusterRoutes } from './cluster-api.ts'
import { documentRoutes } from './document-api.ts'
import { indexRoutes } from './index-api.ts'
import { infoRoutes } from './info-api.ts'
import type { NodeState } from './node-state.ts'
import { nodesRoutes } from './nodes-api.ts'
import { searchRoutes } from './search-api.ts'
import { statsRoutes } from './stats-api.ts'
import { words } from '../show.ts'

const ALL_METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'DELETE']

/** Elasticsearch's APIs that people may well try here. */
const NOT_SERVED = words(`
  _msearch _mget _cat/{what} _aliases _alias _template/{name} _index_template/{name} _component_template/{name}
  _data_stream/{name} _ingest/pipeline/{id} _query _sql _async_search/{id} _reindex _snapshot/{name} _tasks _tasks/{id}
  {index}/_msearch {index}/_mget {index}/_alias {index}/_analyze {index}/_async_search {index}/_update_by_query
  {index}/_delete_by_query {index}/_explain/{id} {index}/_field_caps {index}/_termvectors/{id} {index}/_recovery
  {index}/_close
`)

export function createRouter(state: NodeState, more: readonly Route[]): Router {
  return new Router([
    ...NOT_SERVED.map(notServed),
    ...infoRoutes(state),
    ...indexRoutes(state),
    ...documentRoutes(state),
    ...bulkRoutes(state),
    ...searchRoutes(state),
    ...statsRoutes(state),
    ...nodesRoutes(state),
    ...clusterRoutes(state),
    ...more
  ])
}

function notServed(path: string): Route {
  const name = path.split('/').find((segment) => segment.startsWith('_')) ?? path
  return {
    methods: ALL_METHODS,
    path: `/${path}`,
    params: [ANY_PARAM],
    handler: () => {
      throw unsupported(`the API [${name}]`)
    }
  }
}
