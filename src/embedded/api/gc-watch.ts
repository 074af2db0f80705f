// V8's garbage collections, counted: scavenges are the young generation, all else the old one.

import { constants, PerformanceObserver, type NodeGCPerformanceDetail, type PerformanceEntry } from 'node:perf_hooks'

export interface Collections {
  count: number
  timeMs: number
}

export class GcWatch {
  readonly young: Collections = { count: 0, timeMs: 0 }
  readonly old: Collections = { count: 0, timeMs: 0 }

  constructor() {
    const observer = new PerformanceObserver((list) => {
      // Node's types leave out the detail that entries of type `gc` carry.
      const entries = list.getEntries() as (PerformanceEntry & { readonly detail: NodeGCPerformanceDetail })[]
      for (const { detail, duration } of entries) {
        const generation = detail.kind === constants.NODE_PERFORMANCE_GC_MINOR ? this.young : this.old
        generation.count++
        generation.timeMs += duration
      }
    })
    observer.observe({ entryTypes: ['gc'] })
  }
}
