// A node's status as JSON.

import type { NodeStatus } from '../protocol/status-messages.ts'

export function statusJson({ node, version, program, state, facts, chunks, upMs }: NodeStatus): object {
  const race =
    state.is === 'idle'
      ? {}
      : {
          race: state.race,
          owner: state.owner,
          'for-ms': Math.round(state.forMs),
          step: state.step === null ? null : state.step + 1,
          steps: state.steps
        }
  return {
    node,
    state: state.is,
    ...race,
    version,
    program,
    cores: facts.cores,
    'memory-bytes': facts.memoryBytes,
    'free-disk-bytes': facts.freeDiskBytes,
    os: facts.os,
    runtime: facts.runtime,
    chunks: { count: chunks.count, bytes: chunks.bytes },
    'up-ms': Math.round(upMs)
  }
}
