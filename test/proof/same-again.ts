// Proof 12: the same race ten times over. `rally compare` must not see a difference where there is none.

import type { HttpEngine } from '../../src/target/target-options.ts'
import { withNode } from './calibrated-node.ts'
import { RaceHome, searches } from './cli-race.ts'
import { atMost, between, type Proven } from './proven.ts'
import { ascending, medianOf } from './statistics/quantile.ts'

const RACES = 10
const SCHEDULE = [
  searches('throttled', { clients: 8, 'warmup-time-period': 1, 'time-period': 3, 'target-throughput': 200 }),
  searches('unthrottled', { clients: 4, 'warmup-iterations': 50, iterations: 150 })
]
/** Of the figures below, in per cent; times may also be 0.3 ms apart. */
const NOISE_PERCENT = 5
const COMPARED = /^(Median Throughput|50th percentile (latency|service time)|90th percentile (latency|service time))$/

interface Figure {
  readonly metric: string
  readonly task: string
  readonly unit: string
  readonly diff: number
  readonly diff_percent: number
}

export async function sameAgain(engine: HttpEngine): Promise<Proven[]> {
  const home = new RaceHome(SCHEDULE, engine)
  try {
    // The same delays for each race: the node draws them from its seed in the order of arrival.
    for (let race = 0; race < RACES; race++)
      await withNode({ delay: 'lognormal:10,0.3' }, ({ port }) => mustEnd(home, port, `race-${race}`))
    const alike: boolean[] = []
    let compared = 0
    for (let race = 0; race < RACES; race++) {
      const figures = await compare(home, `race-${race}`, `race-${(race + 1) % RACES}`)
      compared = figures.length
      alike.push(figures.every(isNoise))
    }
    return [
      between('ten identical races: figures that are compared', '', { expected: 10, measured: compared }, [10, 10]),
      between(
        'ten identical races: comparisons without a difference beyond 5 % or 0.3 ms',
        '',
        { expected: 10, measured: alike.filter(Boolean).length },
        [9, 10]
      ),
      ...['throttled', 'unthrottled'].map((task) => spread(home, task))
    ]
  } finally {
    home.remove()
  }
}

async function mustEnd(home: RaceHome, port: number, id: string): Promise<void> {
  const { code, stderr } = await home.race(port, id)
  if (code !== 0) throw new Error(`race ${id} ended with ${code}: ${stderr}`)
}

async function compare(home: RaceHome, baseline: string, contender: string): Promise<Figure[]> {
  const { stdout } = await home.rally('compare', `--baseline=${baseline}`, `--contender=${contender}`, '--report-format=json', '--quiet')
  const { clusters } = JSON.parse(stdout) as { clusters: readonly { readonly figures: readonly Figure[] }[] }
  return clusters.flatMap(({ figures }) => figures).filter(({ metric }) => COMPARED.test(metric))
}

function isNoise({ unit, diff, diff_percent: percent }: Figure): boolean {
  return Math.abs(percent) <= NOISE_PERCENT || (unit === 'ms' && Math.abs(diff) <= 0.3)
}

/** Distance of the median service times of the middle eight races. */
function spread(home: RaceHome, task: string): Proven {
  const medians = Array.from({ length: RACES }, (_, race) => {
    const figures = home.document(`race-${race}`).results.op_metrics.find((one) => one.task === task)
    return figures?.service_time['50_0'] ?? Number.NaN
  })
  const sorted = ascending(medians)
  const percent = ((sorted[RACES - 2]! - sorted[1]!) / medianOf(medians)) * 100
  return atMost(`ten identical races, ${task}: spread of service time p50 over the middle eight`, '%', percent, NOISE_PERCENT)
}
