// How late requests leave that were due while their client was free, at 1,000 a second from one thread.

import { buildOperation, buildTask, buildTrack } from '../helpers/build-track.ts'
import { runSchedule } from '../helpers/run-schedule.ts'
import { absolute, type BenchServer, type Measured } from './measure.ts'

const PER_SECOND = 1000

export async function sendDelay(server: BenchServer): Promise<Measured[]> {
  const operation = buildOperation('search', { index: 'cities', body: { query: { match_all: {} } } })
  const pace = { clients: 16, warmupTimePeriod: 4, timePeriod: 16, params: { 'target-throughput': PER_SECOND } }
  const { result, measurements } = await runSchedule({ track: buildTrack([buildTask(operation, pace)]), target: server })
  const measured = measurements[0]
  if (result.error !== null || measured === undefined) throw result.error ?? new Error('nothing was measured')
  const delays = measured.normal.sendDelay
  return ([[50, 0.1], [99, 2]] as const).map(([percentile, budgetMs]) => {
    const pair = { ours: delays.percentile(percentile), peer: 0 }
    return absolute(`send delay p${percentile}, 1,000/s from one thread`, 'ms', pair, budgetMs)
  })
}
