// The operation types that a race can run.

import type { OperationType } from './operation.ts'
import { bulk } from './bulk.ts'
import { clusterHealth } from './cluster-health.ts'
import { createIndex } from './create-index.ts'
import { deleteIndex } from './delete-index.ts'
import { forceMerge } from './force-merge.ts'
import { indexStats } from './index-stats.ts'
import { paginatedSearch } from './paginated-search.ts'
import { putSettings } from './put-settings.ts'
import { rawRequest } from './raw-request.ts'
import { refresh } from './refresh.ts'
import { scrollSearch } from './scroll-search.ts'
import { search } from './search.ts'
import { sleep } from './sleep.ts'

const TYPES: readonly OperationType[] = [
  bulk,
  search,
  paginatedSearch,
  scrollSearch,
  createIndex,
  deleteIndex,
  refresh,
  forceMerge,
  clusterHealth,
  indexStats,
  putSettings,
  rawRequest,
  sleep
]

const byName: ReadonlyMap<string, OperationType> = new Map(TYPES.map((type) => [type.name, type]))

/** The type of that name, or null: not one of ours, or not served yet (known-types tells which). */
export function operationType(name: string): OperationType | null {
  return byName.get(name) ?? null
}

/** All types that can run. */
export function operationTypes(): readonly OperationType[] {
  return TYPES
}
