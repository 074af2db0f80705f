// What no sound node tells: a peer that lies, or a bug, must not make a report that looks well.

import { SAMPLE_TYPES } from '../protocol/merge-results.ts'
import type { Snapshot, StepJoined } from '../protocol/messages.ts'
import type { Tally } from '../sample/task-recorder.ts'

type Figures = ({ readonly t: 'snapshot' } & Snapshot) | ({ readonly t: 'step-joined' } & StepJoined)

/** Why these figures cannot be; null: they can. @param epoch of the node's session; empty: not told yet */
export function impossibleIn(event: Figures, epoch: string): string | null {
  if (epoch !== '' && event.epoch !== epoch) return `spoke for session ${event.epoch}, and is session ${epoch}`
  for (const [task, types] of typesOf(event)) {
    for (const type of SAMPLE_TYPES) {
      const tally = types[type]?.tally
      if (tally === undefined || endedOf(tally) <= tally.started) continue
      return `told of ${endedOf(tally)} requests of task ${task} that ended, where it sent ${tally.started}`
    }
  }
  return null
}

function typesOf(event: Figures): (readonly [task: string, types: Snapshot['tasks'][string]])[] {
  if (event.t === 'snapshot') return Object.entries(event.tasks)
  return Object.entries(event.tasks).map(([task, { types }]) => [task, types] as const)
}

function endedOf({ ok, failed, cancelled }: Tally): number {
  return Object.values(failed).reduce((sum, count) => sum + count, ok + cancelled)
}
