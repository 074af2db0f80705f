// How fast a task should go: `target-throughput` or `target-interval` of the task, over all its clients, as a race takes it.

import { RallyError } from '../core/errors.ts'
import { targetThroughputOf as readTarget, type TargetThroughput } from '../track/target-throughput.ts'
import type { Task } from '../track/track.ts'

export type { TargetThroughput } from '../track/target-throughput.ts'

/** What test mode puts in place of every target (`9223372036854775807 docs/s`), as a double: practically full speed. */
export const TEST_MODE_THROUGHPUT = 2 ** 63

/**
 * The target of a task, above 0; null: unthrottled (none given, or 0). Throws RallyError('track') where it is malformed, below 0, or
 * both keys are given.
 */
export function targetThroughputOf(task: Task): TargetThroughput | null {
  const target = readTarget(task)
  if (target === null) return null
  if ('problem' in target) throw wrong(task, target.problem)
  if (!(target.value >= 0)) throw wrong(task, `a target of ${target.value} ${target.unit} is less than nothing`)
  // A tiny interval is Infinity: as fast as it goes.
  return target.value > 0 && Number.isFinite(target.value) ? target : null
}

function wrong(task: Task, problem: string): RallyError {
  return new RallyError('track', `task ${task.name}: ${problem}`, {
    hint: 'write target-throughput as `10` for 10 requests per second or `1000 docs/s`, or target-interval in seconds'
  })
}
