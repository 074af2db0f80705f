// Memory of a race that goes on: the slope of each minute's least resident set, at 5,000 requests a second.

import { buildOperation, buildTask, buildTrack } from '../helpers/build-track.ts'
import { runSchedule } from '../helpers/run-schedule.ts'
import { absolute, type BenchServer, type Measured } from './measure.ts'

const PER_SECOND = 5000
const BUDGET_MB_PER_MINUTE = 0.2
const LOOK_EVERY_MS = 250
/** The first minutes fill what is kept for good: compiled code, histograms, pools, and V8's heaps grow until a full collection pays. */
const SETTLING_MINUTES = 5

export async function memorySlope(server: BenchServer, minutes: number): Promise<Measured[]> {
  const operation = buildOperation('search', { index: 'cities', body: { query: { match_all: {} } } })
  const pace = { clients: 64, timePeriod: minutes * 60, params: { 'target-throughput': PER_SECOND } }
  const least = new Map<number, number>()
  const startedAt = process.uptime()
  const look = setInterval(() => {
    const minute = Math.floor((process.uptime() - startedAt) / 60)
    least.set(minute, Math.min(least.get(minute) ?? Infinity, process.memoryUsage.rss() / 1e6))
  }, LOOK_EVERY_MS)
  try {
    const { result, measurements } = await runSchedule({ track: buildTrack([buildTask(operation, pace)]), target: server })
    if (result.error !== null || measurements[0] === undefined) throw result.error ?? new Error('nothing was measured')
    const minima = [...least.entries()].filter(([minute]) => minute >= SETTLING_MINUTES && minute < minutes)
    process.stderr.write(`least resident set of each minute, MB: ${[...least.values()].map((mb) => mb.toFixed(1)).join(' ')}\n`)
    const rate = measurements[0].account.normal.started / (minutes * 60)
    return [absolute(`memory over ${minutes} minutes at ${Math.round(rate)}/s`, 'MB per minute', { ours: slopeOf(minima), peer: 0 }, BUDGET_MB_PER_MINUTE)]
  } finally {
    clearInterval(look)
  }
}

/** Least squares. */
function slopeOf(points: readonly (readonly [number, number])[]): number {
  const mean = (of: (point: readonly [number, number]) => number): number => points.reduce((sum, point) => sum + of(point), 0) / points.length
  const [x, y] = [mean((point) => point[0]), mean((point) => point[1])]
  const above = points.reduce((sum, point) => sum + (point[0] - x) * (point[1] - y), 0)
  return above / points.reduce((sum, point) => sum + (point[0] - x) ** 2, 0)
}
