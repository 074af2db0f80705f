// The figures by which a load generator is judged: what they are, their limits, and what helps when they are over them.

import type { HealthConfig } from '../config/config.ts'
import type { NodeHealth, WorkerHealth } from '../protocol/messages.ts'

/** Over the limit means: a breach; only a warning; nothing, it just explains. */
export type Weight = 'breach' | 'warning' | 'told'

export interface FigureFacts {
  readonly name: string
  readonly unit: string
  /** null: there is none, the figure is only told. */
  readonly limit: number | null
  /** For so many seconds in a row it must be over its limit. */
  readonly windowSeconds: number
  readonly weight: Weight
  readonly advice: string
}

export interface Figure<Health> extends FigureFacts {
  /** null: the system does not tell. */
  readonly value: (health: Health) => number | null
}

export const ADD_DRIVERS = 'add load drivers, or ask for less load'
export const MORE_DESCRIPTORS = 'raise `ulimit -n`, add load drivers, or use fewer clients'
export const MORE_PORTS = 'widen net.ipv4.ip_local_port_range, name more target hosts, or add load drivers'
export const OWN_MACHINE = 'use a machine of its own for the load driver'

export function workerFigures(limits: HealthConfig): Figure<WorkerHealth>[] {
  const { windowSeconds } = limits
  const judged = { windowSeconds, weight: 'breach', advice: ADD_DRIVERS } as const
  return [
    { ...judged, name: 'event-loop delay p99', unit: 'ms', limit: limits.loopDelayP99Ms, value: (health) => health.loopDelayP99Ms },
    { ...judged, name: 'worker CPU', unit: '%', limit: limits.workerCpuPercent, value: (health) => percent(health.cpu) },
    { ...judged, name: 'wait for a core', unit: '%', limit: limits.cpuWaitPercent, value: (health) => percent(health.cpuWait) },
    { ...judged, name: 'busy or waiting for a core, with late clients', unit: '%', limit: limits.workerCpuPercent, value: restlessPercent },
    {
      ...capacity(limits, 'use more workers (available.cores) or load drivers, or smaller answers'),
      name: 'worker heap',
      value: (health) => share(health.heapUsed, health.heapLimit)
    },
    {
      name: 'late clients',
      unit: '',
      limit: null,
      windowSeconds: 1,
      weight: 'told',
      advice: '',
      value: (health) => health.lateClients
    }
  ]
}

export function nodeFigures(limits: HealthConfig): Figure<NodeHealth>[] {
  const { windowSeconds } = limits
  return [
    {
      name: 'CPU steal',
      unit: '%',
      limit: limits.stealPercent,
      windowSeconds,
      weight: 'breach',
      advice: 'the machine lends its cores to others: use one of your own',
      value: (health) => percent(health.steal)
    },
    {
      name: 'main-thread delay p99',
      unit: 'ms',
      limit: limits.mainDelayP99Ms,
      windowSeconds,
      weight: 'warning',
      advice: 'figures are shown late and a stop takes longer: leave a core free (available.cores)',
      value: (health) => health.mainDelayP99Ms
    },
    { name: 'machine CPU', unit: '%', limit: null, windowSeconds: 1, weight: 'told', advice: '', value: (health) => percent(health.cpu) },
    {
      ...capacity(limits, 'use a machine with more memory, more load drivers, or fewer clients'),
      name: 'machine memory',
      value: (health) => (health.memoryAvailable === null ? null : share(health.memoryTotal - health.memoryAvailable, health.memoryTotal))
    },
    {
      ...capacity(limits, MORE_DESCRIPTORS),
      name: 'file descriptors',
      value: (health) => share(health.descriptors, health.descriptorLimit)
    },
    {
      ...capacity(limits, MORE_PORTS),
      name: 'ports to one address',
      value: (health) => (health.ports === null || health.portsLeft === null ? null : share(health.ports - health.portsLeft, health.ports))
    }
  ]
}

/** What may run out. Near the end it only warns: what then fails is judged by its errors. */
function capacity(limits: HealthConfig, advice: string) {
  return { unit: '%', limit: limits.capacityPercent, windowSeconds: 1, weight: 'warning', advice } as const
}

/**
 * A worker without a moment of rest cannot send more, even if others have the core for much of it, so that neither figure alone is
 * over its limit. Null while no client is late: all that is due leaves in time. Unthrottled clients never are.
 */
function restlessPercent({ cpu, cpuWait, lateClients }: WorkerHealth): number | null {
  return cpu === null || cpuWait === null || lateClients === 0 ? null : percent(cpu + cpuWait)
}

function percent(value: number | null): number | null {
  return value === null ? null : value * 100
}

function share(used: number | null, of: number | null): number | null {
  return used === null || of === null || of <= 0 ? null : (used / of) * 100
}
