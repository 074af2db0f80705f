// The load drivers of a race as race.json tells of them.

import type { RaceNode } from '../metrics/race.ts'
import type { ConnectedNode } from './connected-node.ts'
import type { NodeRecord } from './node-roll.ts'

/** @param over nodes of which a figure was over its limit for long enough */
export function raceNodes(nodes: readonly ConnectedNode[], records: readonly NodeRecord[], over: ReadonlySet<string>): RaceNode[] {
  return nodes.map(({ name, address, version, facts }) => {
    const record = records.find((one) => one.name === name) ?? NO_PART
    const { lost } = record
    return {
      name,
      address,
      version,
      cores: facts.cores,
      'memory-bytes': facts.memoryBytes,
      os: facts.os,
      runtime: facts.runtime,
      clients: record.clients,
      workers: record.workers,
      requests: record.requests,
      'start-skew-ms': record.startSkewMs,
      'silent-ms': Math.round(record.silentMs),
      'over-limits': over.has(name),
      lost: lost === null ? null : { step: lost.step === null ? null : lost.step + 1, why: lost.why },
      samples: record.workers === 0 || lost?.step === null ? 'none' : address === null ? 'here' : 'node'
    }
  })
}

/** Of a node that got no client. */
const NO_PART: Omit<NodeRecord, 'name'> = { clients: 0, workers: 0, requests: 0, startSkewMs: 0, silentMs: 0, lost: null }
