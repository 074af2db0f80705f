// `npm run bench -- nodes`: what several nodes cost, and what one waits for with them.

import { coordinatorOfMany } from './nodes-coordinator.ts'
import { idleDaemon } from './nodes-idle.ts'
import type { Measured } from './measure.ts'
import { pullSpeed, snapshotsUnderPull } from './nodes-pull.ts'
import { cancelOnNodes, raceOnNodes } from './nodes-race.ts'

export const NODES_BENCHMARKS: Readonly<Record<string, () => Promise<Measured | Measured[]>>> = {
  'nodes-race': () => raceOnNodes(2, 3),
  'nodes-cancel': () => cancelOnNodes(8, 1),
  'nodes-coordinator': () => coordinatorOfMany(0.5, 500),
  'nodes-pull': () => pullSpeed(120),
  'nodes-pull-snapshots': () => snapshotsUnderPull(100),
  'nodes-idle': () => idleDaemon(75, 0.1)
}
