// Late starts: with `ramp-up-time-period` the clients of an element begin one after another instead of all at once.

import type { Task } from '../track/track.ts'

/**
 * How long a client waits before its first request, in ms from the start of the task. Its due times count from the end of this wait
 * (Elastic Rally counts them from the task's start and then sends the whole backlog at once); warm-up and time period, like Elastic
 * Rally's, from the task's start.
 */
export function rampUpDelayMs(task: Task, part: { readonly globalClientIndex: number; readonly totalClients: number }): number {
  return 1000 * (task.rampUpTimePeriod ?? 0) * (part.globalClientIndex / part.totalClients)
}
