// What a user waits for with several nodes: the first request, the end of a race, and the last request after a Ctrl-C.

import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { searchTask } from '../helpers/write-track.ts'
import { answerSearch, startStubCluster, type ClusterAnswer, type StubCluster } from '../helpers/stub-cluster.ts'
import { absolute, median, type Measured } from './measure.ts'
import { BenchDaemons } from './nodes-daemons.ts'

const ROUNDS = 3

interface Stage {
  readonly daemons: BenchDaemons
  readonly cluster: StubCluster
  /** When the last request came. */
  readonly lastAt: () => number
}

async function onStage<T>(nodes: number, act: (stage: Stage) => Promise<T>): Promise<T> {
  const daemons = await BenchDaemons.open(nodes)
  let last = 0
  const answer: ClusterAnswer = (_request, response) => {
    last = performance.now()
    answerSearch(response)
  }
  const cluster = await startStubCluster(() => undefined, { answer })
  try {
    return await act({ daemons, cluster, lastAt: () => last })
  } finally {
    await cluster.die()
    daemons.close()
  }
}

/** From `rally race` to the target's first request, and the race's time beyond its load; two nodes that are up. */
export function raceOnNodes(firstSeconds: number, beyondSeconds: number): Promise<Measured[]> {
  return onStage(2, async ({ daemons, cluster }) => {
    const firsts: number[] = []
    const beyonds: number[] = []
    for (let round = 0; round < ROUNDS; round++) {
      const before = cluster.requests.length
      const startedAt = performance.now()
      const child = daemons.race(`r${round}`, searchTask({ clients: 4, 'time-period': 3, 'target-throughput': 100 }), cluster.where)
      const ended = new Promise((resolve) => child.once('exit', resolve))
      await Promise.race([cluster.asked(before + 1), ended])
      firsts.push((performance.now() - startedAt) / 1000)
      await ended
      beyonds.push((performance.now() - startedAt) / 1000 - elapsedOf(daemons, `r${round}`))
    }
    return [
      absolute('first request after `rally race`, two nodes up', 's', { ours: median(firsts), peer: 0 }, firstSeconds),
      absolute("a race's time beyond its load, two nodes", 's', { ours: median(beyonds), peer: 0 }, beyondSeconds)
    ]
  })
}

/** From Ctrl-C to the last request of any of so many nodes. */
export function cancelOnNodes(nodes: number, budgetSeconds: number): Promise<Measured> {
  return onStage(nodes, async ({ daemons, cluster, lastAt }) => {
    const child = daemons.race('r', searchTask({ clients: 2 * nodes, 'time-period': 3600, 'target-throughput': 50 * nodes }), cluster.where)
    const ended = new Promise((resolve) => child.once('exit', resolve))
    await cluster.asked(150 * nodes)
    const atMs = performance.now()
    child.kill('SIGINT')
    await ended
    return absolute(
      `cancel to the last request of ${nodes} nodes`,
      's',
      { ours: Math.max(0, lastAt() - atMs) / 1000, peer: 0 },
      budgetSeconds
    )
  })
}

function elapsedOf(daemons: BenchDaemons, race: string): number {
  const file = join(daemons.home('c'), '.rally/benchmarks/races', race, 'race.json')
  const document = JSON.parse(readFileSync(file, 'utf8')) as {
    readonly results: { readonly op_metrics: readonly { readonly elapsed_seconds: number }[] }
  }
  return document.results.op_metrics[0]!.elapsed_seconds
}
