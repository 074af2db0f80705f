// All faults, in the order of the table.

import { COORDINATOR_FAULTS } from './coordinator-faults.ts'
import type { Fault } from './fault.ts'
import { LINK_FAULTS } from './link-faults.ts'
import { MACHINE_FAULTS } from './machine-faults.ts'
import { NODE_FAULTS } from './node-faults.ts'
import { STRANGER_FAULTS } from './stranger-faults.ts'
import { WORKER_FAULTS } from './worker-faults.ts'

export const FAULTS: readonly Fault[] = [
  ...NODE_FAULTS,
  ...LINK_FAULTS,
  ...COORDINATOR_FAULTS,
  ...MACHINE_FAULTS,
  ...STRANGER_FAULTS,
  ...WORKER_FAULTS
]
