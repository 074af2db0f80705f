// `target-throughput` and `target-interval` of a task, as tracks may write them.

import { numberOf } from '../core/json.ts'
import { shown } from './mistake.ts'
import { member } from './reading.ts'
import type { Task } from './track.ts'

export interface TargetThroughput {
  readonly value: number
  /** `ops/s`, `docs/s` …. */
  readonly unit: string
}

/** Elastic Rally matches a beginning only: `10 docs/second` is 10 docs/s. */
const THROUGHPUT = /^((?:\d*\.)?\d+)\s([\p{L}\p{N}_]+\/s)/u

/** What a task asks for over all its clients, null if it is not throttled (also for 0), or what is wrong with it in words. */
export function targetThroughputOf(task: Pick<Task, 'name' | 'params'>): TargetThroughput | null | { readonly problem: string } {
  const throughput = member(task.params, 'target-throughput') ?? null
  const interval = member(task.params, 'target-interval') ?? null
  if (throughput !== null && interval !== null) {
    return { problem: `target-interval ${shown(interval)} and target-throughput ${shown(throughput)} exclude each other` }
  }
  if (interval !== null && interval !== '' && interval !== false) {
    const seconds = numberOf(interval)
    if (seconds === null) return { problem: `target-interval must be a number but is ${shown(interval)}` }
    return seconds === 0 ? null : { value: 1 / seconds, unit: 'ops/s' }
  }
  if (throughput === null || throughput === '' || throughput === false) return null
  if (typeof throughput === 'string') {
    const match = THROUGHPUT.exec(throughput)
    if (match === null) return { problem: `target-throughput must look like "10 docs/s" but is ${shown(throughput)}` }
    return Number(match[1]) === 0 ? null : { value: Number(match[1]), unit: match[2] ?? 'ops/s' }
  }
  const value = numberOf(throughput)
  if (value === null) return { problem: `target-throughput must be a number or a text but is ${shown(throughput)}` }
  return value === 0 ? null : { value, unit: 'ops/s' }
}
