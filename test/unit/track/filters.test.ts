import assert from 'node:assert/strict'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import type { JsonValue } from '../../../src/core/json.ts'
import { printJson } from '../../../src/core/json-print.ts'
import { pythonFloat } from '../../../src/core/python-number.ts'
import { loadTrack, type LoadedTrack } from '../../../src/track/load-track.ts'
import { TrackError } from '../../../src/track/mistake.ts'
import { targetThroughputOf } from '../../../src/track/target-throughput.ts'
import { clientsOf, type Challenge, type ScheduleElement, type Task } from '../../../src/track/track.ts'
import { fixturesDir } from '../../fixtures-dir.ts'
import { trackFolder, vectorsOf } from './vectors.ts'

interface FilterInput {
  readonly fixture?: string
  readonly track?: JsonValue
  readonly include?: string[]
  readonly exclude?: string[]
  /** Settings of Elastic Rally's may be words. */
  readonly serverless?: boolean | string
  readonly operator?: boolean | string
  readonly test_mode?: boolean
  readonly names_only?: boolean
  readonly show_challenges?: string[]
}

const isOn = (setting: boolean | string | undefined): boolean => ['true', 'yes', 't', 'y', '1'].includes(String(setting).toLowerCase())

async function load(t: TestContext, input: FilterInput): Promise<LoadedTrack> {
  const path =
    input.fixture === undefined ? trackFolder(t, { 'track.json': input.track }) : join(fixturesDir ?? '', 'rally-tracks', input.fixture)
  return loadTrack({
    source: { path, repositoriesDir: path, repositoryUrls: {} },
    nowSeconds: 1_700_000_000,
    includeTasks: input.include ?? [],
    excludeTasks: input.exclude ?? [],
    isServerless: isOn(input.serverless),
    serverlessOperator: isOn(input.operator),
    buildFlavor: isOn(input.serverless) ? 'serverless' : 'default',
    testMode: input.test_mode ?? false
  })
}

function taskRow(task: Task): unknown[] {
  const target = targetThroughputOf(task)
  assert.ok(target === null || 'value' in target)
  const value = target === null ? null : [target.value >= 2 ** 63 - 1 ? 'max' : pythonFloat(target.value), target.unit]
  const completes = task.completesParent ? 'self' : task.anyCompletesParent ? 'any' : null
  const { name, operation, clients, warmupIterations, iterations, warmupTimePeriod, timePeriod, rampUpTimePeriod } = task
  return [name, operation.type, clients, warmupIterations, iterations, warmupTimePeriod, timePeriod, rampUpTimePeriod, value, completes]
}

function elementRow(element: ScheduleElement, namesOnly: boolean): unknown {
  const row = (task: Task): unknown => (namesOnly ? task.name : taskRow(task))
  return element.kind === 'task' ? row(element) : { clients: clientsOf(element), parallel: element.tasks.map(row) }
}

function answer({ track, serverlessLines }: LoadedTrack, input: FilterInput): JsonValue {
  const shownChallenges = track.challenges.filter(({ name }) => input.show_challenges === undefined || input.show_challenges.includes(name))
  const challenges = shownChallenges.map(({ name, schedule }: Challenge) => ({
    clients: Math.max(1, ...schedule.map(clientsOf)),
    name,
    schedule: schedule.map((element) => elementRow(element, input.names_only ?? false)),
    serverless_info: serverlessLines.filter((line) => line.challenge === name).map((line) => line.text)
  }))
  const corpora = track.corpora.map(({ name, documents }) => ({
    name,
    documents: documents.map((set) => [
      set.documentArchive,
      set.documentFile,
      set.numberOfDocuments,
      set.compressedSizeInBytes,
      set.uncompressedSizeInBytes
    ])
  }))
  return { challenges, corpora } as unknown as JsonValue
}

test('task filters, serverless filter and test mode leave what Elastic Rally leaves', async (t) => {
  let checked = 0
  for (const vector of vectorsOf('filters.json', t)) {
    const input = vector.input as unknown as FilterInput
    checked++
    if (vector.error !== undefined) {
      await assert.rejects(load(t, input), (error) => error instanceof TrackError, vector.name)
      continue
    }
    const expected = { ...(vector.expected as Record<string, JsonValue>) }
    const given = answer(await load(t, input), input) as Record<string, JsonValue>
    for (const key of Object.keys(expected))
      assert.equal(printJson(given[key], { sortKeys: true }), printJson(expected[key], { sortKeys: true }), `${vector.name} ${key}`)
  }
  t.diagnostic(`${checked} vectors`)
})
