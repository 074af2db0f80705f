// What a shard counts over its life, for `_stats`. Times are milliseconds, as fractions until they are shown.

export interface ShardCounters {
  indexTotal: number
  indexTimeMs: number
  indexFailed: number
  deleteTotal: number
  deleteTimeMs: number
  noopUpdateTotal: number
  getTotal: number
  getMissing: number
  getTimeMs: number
  queryTotal: number
  queryTimeMs: number
  fetchTotal: number
  fetchTimeMs: number
  scrollTotal: number
  scrollTimeMs: number
  refreshTotal: number
  refreshTimeMs: number
  flushTotal: number
  flushTimeMs: number
  mergeTotal: number
  mergeTimeMs: number
  mergeDocs: number
  mergeBytes: number
}

export function newCounters(): ShardCounters {
  return {
    indexTotal: 0,
    indexTimeMs: 0,
    indexFailed: 0,
    deleteTotal: 0,
    deleteTimeMs: 0,
    noopUpdateTotal: 0,
    getTotal: 0,
    getMissing: 0,
    getTimeMs: 0,
    queryTotal: 0,
    queryTimeMs: 0,
    fetchTotal: 0,
    fetchTimeMs: 0,
    scrollTotal: 0,
    scrollTimeMs: 0,
    refreshTotal: 0,
    refreshTimeMs: 0,
    flushTotal: 0,
    flushTimeMs: 0,
    mergeTotal: 0,
    mergeTimeMs: 0,
    mergeDocs: 0,
    mergeBytes: 0
  }
}
