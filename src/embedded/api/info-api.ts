// `GET /`: says plainly what this is.

import { answer, type ApiAnswer } from '../http/api-request.ts'
import type { Route } from '../http/router.ts'
import { CLUSTER_NAME, EMBEDDED_VERSION, NODE_NAME, type NodeState } from './node-state.ts'

export function infoRoutes(state: NodeState): Route[] {
  return [{ methods: ['GET', 'HEAD'], path: '/', params: [], handler: () => info(state) }]
}

function info(state: NodeState): ApiAnswer {
  return answer({
    name: NODE_NAME,
    cluster_name: CLUSTER_NAME,
    cluster_uuid: state.clusterUuid,
    version: {
      number: EMBEDDED_VERSION,
      distribution: 'rally-embedded',
      build_flavor: 'embedded',
      build_type: 'embedded',
      build_hash: 'unknown',
      build_snapshot: false,
      minimum_wire_compatibility_version: EMBEDDED_VERSION,
      minimum_index_compatibility_version: EMBEDDED_VERSION
    },
    tagline: 'The embedded node of Rally: not Elasticsearch, but enough of its API for a first race'
  })
}
