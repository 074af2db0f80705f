// How fast a task should go: `target-throughput` or `target-interval` of the task, over all its clients.

import { numberOf } from '../core/json.ts'
import type { JsonValue } from '../core/json.ts'
import { RallyError } from '../core/errors.ts'
import type { Task } from '../track/track.ts'

export interface TargetThroughput {
  /** Work per second over all clients of the task; above 0. */
  readonly value: number
  /** `ops/s`, `docs/s`, `pages/s` …. */
  readonly unit: string
}

/** What test mode puts in place of every target (`9223372036854775807 docs/s`), as a double: practically full speed. */
export const TEST_MODE_THROUGHPUT = 2 ** 63

// Elastic Rally's pattern; what follows the unit is ignored (`10 docs/sec`).
const THROUGHPUT = /^((?:\d*\.)?\d+)\s([\p{L}\p{N}_]+\/s)/u

/**
 * The target of a task; null: unthrottled (none given, or 0). Throws RallyError('track') where it is malformed or both keys are given.
 */
export function targetThroughputOf(task: Task): TargetThroughput | null {
  const throughput = given(task, 'target-throughput')
  const interval = given(task, 'target-interval')
  if (throughput !== null && interval !== null) {
    throw new RallyError(
      'track',
      `${place(task)}: target-interval ${shown(interval)} and target-throughput ${shown(throughput)} are both given`,
      {
        hint: 'keep one of them'
      }
    )
  }
  if (interval !== null) return ofInterval(task, interval)
  return throughput === null ? null : ofThroughput(task, throughput)
}

function ofInterval(task: Task, interval: JsonValue): TargetThroughput | null {
  const seconds = numberOf(interval)
  if (seconds === null || !(seconds >= 0)) {
    throw new RallyError('track', `${place(task)}: target-interval ${shown(interval)} is not a number from 0 up`, {
      hint: 'write the seconds between two requests of the whole task as a number'
    })
  }
  return positive(1 / seconds, 'ops/s')
}

function ofThroughput(task: Task, throughput: JsonValue): TargetThroughput | null {
  const number = numberOf(throughput)
  if (number !== null && number >= 0) return positive(number, 'ops/s')
  const match = typeof throughput === 'string' ? THROUGHPUT.exec(throughput) : null
  if (match === null) {
    throw new RallyError(
      'track',
      `${place(task)}: target-throughput ${shown(throughput)} is neither a number from 0 up nor a number, a blank and a unit`,
      {
        hint: 'write `10` for 10 requests per second, or `1000 docs/s`'
      }
    )
  }
  return positive(Number(match[1]), match[2]!)
}

// An interval of 0 gives Infinity and means unthrottled too, as in Elastic Rally.
function positive(value: number, unit: string): TargetThroughput | null {
  return value > 0 && Number.isFinite(value) ? { value, unit } : null
}

function given(task: Task, key: string): JsonValue {
  return task.params[key] ?? null
}

function place(task: Task): string {
  return `task ${task.name}`
}

function shown(value: JsonValue): string {
  return JSON.stringify(value)
}
