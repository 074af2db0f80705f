// The bundled track against the real server, as a user runs it: what the race says must agree with what the server holds.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { deepEqual, equal, match, ok } from 'node:assert/strict'
import { rally, temporaryFolder } from '../cli/run-rally.ts'
import { PATIENT_HEALTH } from '../helpers/race-process.ts'
import { address, countOf, distribution, version } from './server.ts'

const NAMES = { elasticsearch: 'Elasticsearch', opensearch: 'OpenSearch' }
const SEARCHES = [
  'term',
  'prefix',
  'range',
  'geo-distance',
  'country-terms',
  'sort-population',
  'match',
  'big-cities-by-bounding-box',
  'paginated',
  'scroll'
]

interface RaceFile {
  readonly cluster: { readonly 'distribution-version': string }
  readonly results: { readonly op_metrics: readonly TaskFigures[] }
}

interface TaskFigures {
  readonly task: string
  readonly error_rate: number
  readonly throughput: { readonly unit: string; readonly mean: number }
  readonly service_time: { readonly '50_0'?: number }
  readonly sample_count: { readonly warmup: number; readonly normal: number }
}

async function race(id: string, ...flags: string[]): Promise<{ figures: RaceFile; report: string }> {
  const home = temporaryFolder()
  // The server has the same two cores and may have just started: what was counted is asked here, not how fast.
  mkdirSync(join(home, '.rally'))
  writeFileSync(join(home, '.rally', 'rally.ini'), `[meta]\nconfig.version = 17\n\n${PATIENT_HEALTH}`)
  const line = ['race', '--track=cities', `--target-hosts=${address}`, `--race-id=${id}`, ...flags]
  const { code, stdout, stderr } = await rally(line, { home, timeoutMs: 240_000 })
  equal(code, 0, `${stdout}\n${stderr}`)
  const file = join(home, '.rally', 'benchmarks', 'races', id, 'race.json')
  return { figures: JSON.parse(readFileSync(file, 'utf8')) as RaceFile, report: stdout }
}

function figuresOf(figures: RaceFile, task: string): TaskFigures {
  const found = figures.results.op_metrics.find((each) => each.task === task)
  ok(found !== undefined, `${task} is not in race.json`)
  return found
}

interface Case {
  readonly title: string
  readonly flags: readonly string[]
  readonly documents: number
  /** Of the two clients of a search: warm-up and measured. */
  readonly samples: { readonly warmup: number; readonly normal: number }
}

const CASES: readonly Case[] = [
  {
    title: 'in test mode a race goes through all tasks with a thousand documents',
    flags: ['--test-mode'],
    documents: 1000,
    // Test mode leaves as many iterations as the task has clients.
    samples: { warmup: 4, normal: 4 }
  },
  {
    title: 'a whole race indexes every document and every search succeeds',
    flags: ['--track-params=iterations:100'],
    documents: 135_233,
    samples: { warmup: 20, normal: 200 }
  }
]

for (const { title, flags, documents, samples } of CASES) {
  test(title, async () => {
    const { figures, report } = await race(`real-server-${documents}`, ...flags)
    equal(await countOf('cities'), documents)
    equal(figures.cluster['distribution-version'], version)
    match(report, new RegExp(`${NAMES[distribution]} ${version.replaceAll('.', '\\.')}`))
    equal(figuresOf(figures, 'index-append').throughput.unit, 'docs/s')
    deepEqual(
      figures.results.op_metrics.filter((each) => each.error_rate !== 0),
      []
    )
    for (const task of SEARCHES) ok((figuresOf(figures, task).service_time['50_0'] ?? 0) > 0, `${task} has no service time`)
    for (const task of ['term', 'geo-distance', 'sort-population', 'match']) deepEqual(figuresOf(figures, task).sample_count, samples, task)
  })
}
