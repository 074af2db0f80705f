// All that the handlers of one embedded node share.

import { systemClock } from '../../core/clock.ts'
import { newUuid } from '../store/document-id.ts'
import { IndexStore } from '../store/index-store.ts'
import { SearchContexts } from '../search/search-contexts.ts'
import { GcWatch } from './gc-watch.ts'

export class NodeState {
  readonly store = new IndexStore()
  readonly contexts = new SearchContexts()
  readonly gc = new GcWatch()
  readonly nodeId = newUuid()
  readonly clusterUuid = newUuid()
  readonly startedAtMs = systemClock.monotonicMs()
  readonly clusterSettings = { persistent: new Map<string, string>(), transient: new Map<string, string>() }
  /** `host:port`, known once it listens. */
  address = ''
  httpConnections = 0

  /** `action.destructive_requires_name`: true unless someone turned it off. */
  get destructiveRequiresName(): boolean {
    const key = 'action.destructive_requires_name'
    return (this.clusterSettings.transient.get(key) ?? this.clusterSettings.persistent.get(key) ?? 'true') !== 'false'
  }
}

export const NODE_NAME = 'rally-embedded-0'
export const CLUSTER_NAME = 'rally-embedded'
export const EMBEDDED_VERSION = '0.1.0'
