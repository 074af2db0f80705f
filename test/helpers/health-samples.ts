// What a calm worker and node tell once a second, with what a test changes in it.

import type { NodeHealth, Snapshot, WorkerHealth } from '../../src/protocol/messages.ts'

/** Second `second` of a calm worker. */
export function workerHealth(second: number, changes: Partial<WorkerHealth> = {}): WorkerHealth {
  return {
    worker: 0,
    fromMs: second * 1000 + 0.6,
    toMs: (second + 1) * 1000 + 0.6,
    loopDelayP99Ms: 1,
    longDelaysMs: [],
    cpu: 0.5,
    cpuWait: 0.01,
    sendDelayP99Ms: null,
    dropped: 0,
    lateClients: 0,
    lateMs: 0,
    heapUsed: 20e6,
    heapLimit: 2e9,
    ...changes
  }
}

export function nodeHealth(second: number, changes: Partial<NodeHealth> = {}): NodeHealth {
  return {
    fromMs: second * 1000 + 40,
    toMs: (second + 1) * 1000 + 40,
    mainDelayP99Ms: 1,
    mainLongDelaysMs: [],
    cpu: 0.4,
    ownCpu: 0.3,
    steal: 0,
    rss: 1e8,
    memoryAvailable: 8e9,
    memoryTotal: 16e9,
    sockets: 20,
    portsLeft: 28_000,
    ports: 28_232,
    descriptors: 40,
    descriptorLimit: 20_000,
    ...changes
  }
}

export function snapshot(changes: Partial<Snapshot> = {}): Snapshot {
  return { node: 'n', epoch: 'e', seq: 1, step: 0, tasks: {}, progress: {}, health: [], nodeHealth: [], ...changes }
}
