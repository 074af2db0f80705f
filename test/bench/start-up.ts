// What a user waits for besides the load: the program's own start, and a race's way to its first request and to its report.

import { spawnSync } from 'node:child_process'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { absolute, atMost, median, type Measured } from './measure.ts'

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url))
const ROUNDS = 9

/** Wall time of `rally --version` against `node -e 0`. */
export function versionTime(budget: number): Promise<Measured> {
  const ours: number[] = []
  const peer: number[] = []
  for (let round = 0; round < ROUNDS; round++) {
    ours.push(wallMs([MAIN, '--version']))
    peer.push(wallMs(['-e', '0']))
  }
  return Promise.resolve(atMost('rally --version', 'ms', { ours: median(ours), peer: median(peer) }, budget))
}

/** A whole race of the bundled track, less the time in which its tasks ran; its corpus is there already. */
export function raceOverhead(budgetSeconds: number): Promise<Measured> {
  const home = mkdtempSync(join(tmpdir(), 'rally-bench-'))
  try {
    const race = ['race', '--track=cities', '--quiet', '--track-params=iterations:100']
    wallMs([MAIN, ...race, '--test-mode'], home)
    const overheads = [1, 2, 3].map((round) => {
      const id = `bench-${round}`
      const seconds = wallMs([MAIN, ...race, `--race-id=${id}`], home) / 1000
      return seconds - loadSeconds(home, id)
    })
    return Promise.resolve(absolute("a race's time beyond its load", 's', { ours: median(overheads), peer: 0 }, budgetSeconds))
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

function wallMs(args: readonly string[], home?: string): number {
  const startedAt = performance.now()
  const run = spawnSync(process.execPath, args, { env: { ...process.env, ...(home === undefined ? {} : { HOME: home, RALLY_HOME: home }) } })
  if (run.status !== 0) throw new Error(`${args.join(' ')} ended with ${run.status}: ${run.stderr.toString()}`)
  return performance.now() - startedAt
}

/** Sum over the steps of the longest task in each; the tasks of the bundled track's parallel run together. */
function loadSeconds(home: string, raceId: string): number {
  const races = join(home, '.rally', 'benchmarks', 'races')
  if (!readdirSync(races).includes(raceId)) throw new Error(`no race ${raceId} in ${races}`)
  const race = JSON.parse(readFileSync(join(races, raceId, 'race.json'), 'utf8')) as Race
  const tasks = [...race.results.op_metrics, ...race['unreported-tasks']]
  const together = new Set(['match', 'big-cities-by-bounding-box'])
  const alone = tasks.filter((task) => !together.has(task.task)).reduce((sum, task) => sum + task.elapsed_seconds, 0)
  return alone + Math.max(0, ...tasks.filter((task) => together.has(task.task)).map((task) => task.elapsed_seconds))
}

interface Race {
  readonly results: { readonly op_metrics: readonly Timed[] }
  readonly 'unreported-tasks': readonly Timed[]
}

interface Timed {
  readonly task: string
  readonly elapsed_seconds: number
}
