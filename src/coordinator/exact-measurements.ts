// Times from the samples themselves in place of those from histograms, where all samples are at hand.

import { REPORTED_PERCENTILES } from '../metrics/percentile.ts'
import type { TaskMeasurement, TimeDistributions } from '../metrics/measurement.ts'
import { exactFigures, type ExactFigures } from '../results/exact-figures.ts'
import type { FoundFile } from '../results/read-results.ts'
import type { ChunkHeader } from '../results/result-file.ts'

export interface ExactMeasurements {
  readonly measurements: readonly TaskMeasurement[]
  /** Tasks whose samples are not all here, with words for people: their times stay those of the histograms. */
  readonly incomplete: readonly string[]
}

export async function exactMeasurements(measurements: readonly TaskMeasurement[], chunks: readonly FoundFile<ChunkHeader>[], problem: (line: string) => void): Promise<ExactMeasurements> {
  const figures = await exactFigures(chunks, { percentiles: REPORTED_PERCENTILES, problem })
  const incomplete: string[] = []
  const exact = measurements.map((measurement) => {
    const lack = lackOf(measurement, figures)
    if (lack !== null) incomplete.push(lack)
    const { warmup, normal } = figures.get(measurement.task) ?? measurement
    return lack === null ? { ...measurement, warmup, normal } : measurement
  })
  return { measurements: exact, incomplete }
}

function lackOf({ task, warmup, normal }: TaskMeasurement, figures: ExactFigures): string | null {
  const counted = count(warmup) + count(normal)
  const found = figures.get(task)
  const here = found === undefined ? 0 : count(found.warmup) + count(found.normal)
  return here === counted ? null : `task ${task}: ${here} of ${counted} samples are here, so its percentiles are still those of the histograms`
}

function count(times: Pick<TimeDistributions, 'serviceTime'>): number {
  return times.serviceTime.count
}
