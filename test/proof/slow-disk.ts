// Issue 4 §1: a disk that is too slow for the samples costs samples, which are counted and judged, and never the load its schedule.

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import type { HttpEngine } from '../../src/target/target-options.ts'
import { withNode } from './calibrated-node.ts'
import { RaceHome, searches, type Ended } from './cli-race.ts'
import { missing } from './installed.ts'
import { atMost, between, exactly, word, type Proven } from './proven.ts'
import { throttledDisk } from './throttled-disk.ts'

const [CLIENTS, PER_SECOND, SECONDS] = [64, 4000, 24]
const REQUESTS = PER_SECOND * SECONDS
const TASK = searches('slow disk', { clients: CLIENTS, 'time-period': SECONDS, 'target-throughput': PER_SECOND })
/** A worker hands its samples over by so many. */
const CHUNK = 16_384
/** A fifth of what the samples need: the second chunk that is under way has to wait longer than the third takes to fill. */
const BYTES_PER_SECOND = 20_000
const INVALID = 97

export async function slowDisk(engine: HttpEngine): Promise<Proven[]> {
  const disk = throttledDisk(BYTES_PER_SECOND)
  if (disk === null) return [{ ...missing('a slow disk', 'util-linux, e2fsprogs, or root'), allowed: 'root, loop devices, blkio' }]
  const home = new RaceHome([TASK], engine, disk.folder)
  try {
    const configuration = join(home.folder, '.rally')
    mkdirSync(configuration)
    writeFileSync(join(configuration, 'rally.ini'), `[reporting]\nsample.queue.size = ${CHUNK}\n`)
    return await withNode({ delay: 'fixed:5' }, async (node) => {
      const ended = await home.race(node.port, 'slow', { launcher: disk.launcher })
      const { arrivals } = await node.truth()
      return [...schedule(arrivals), ...judgement(home, ended)]
    })
  } finally {
    home.remove()
    disk.remove()
  }
}

function schedule(arrivals: Float64Array): Proven[] {
  const perSecond = Array.from(
    { length: SECONDS },
    (_, second) => arrivals.filter((ms) => Math.floor((ms - arrivals[0]!) / 1000) === second).length
  )
  const off = perSecond.filter((count) => Math.abs(count - PER_SECOND) > PER_SECOND * 0.01)
  return [
    exactly('slow disk, 4,000/s for 24 s: requests that the node saw', '', { expected: REQUESTS, measured: arrivals.length }),
    // A machine's hiccup moves some requests past the end of a second, and of the next one.
    atMost('slow disk: seconds whose requests are more than 1 % off', '', off.length, 2)
  ]
}

function judgement(home: RaceHome, { code }: Ended): Proven[] {
  const { health } = home.document('slow')
  const drops = health.findings.find(({ figure }) => figure === 'dropped samples')
  const told = drops !== undefined && /^node \S+, worker \d+$/.test(drops.where) && drops.seconds > 0 && drops.when !== null
  return [
    exactly('slow disk: exit code', '', { expected: INVALID, measured: code ?? Number.NaN }),
    between('slow disk: samples dropped', '', { expected: REQUESTS / 2, measured: drops?.worst ?? Number.NaN }, [CHUNK, REQUESTS - CHUNK]),
    exactly('slow disk: requests counted in the figures all the same', '', {
      expected: REQUESTS,
      measured: home.document('slow').results.op_metrics[0]?.account.normal.ok ?? Number.NaN
    }),
    word('slow disk: drops are told with node, worker and seconds', { expected: 'yes', measured: told ? 'yes' : 'no' })
  ]
}
