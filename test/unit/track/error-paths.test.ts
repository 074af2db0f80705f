import assert from 'node:assert/strict'
import { join } from 'node:path'
import test, { type TestContext } from 'node:test'
import { RallyError } from '../../../src/core/errors.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import { loadTrack, type LoadedTrack } from '../../../src/track/load-track.ts'
import { TrackError, type Mistake, type MistakeKind } from '../../../src/track/mistake.ts'
import { tasksOf } from '../../../src/track/track.ts'
import { trackFolder, vectorsOf, type Vector } from './vectors.ts'

/** Elastic Rally's category → ours. `null`: not a mistake of the track's text, but there is no such track. */
const KINDS: Readonly<Record<string, readonly (MistakeKind | null)[]>> = {
  // A missing body file or include is a mistake with a place here, "Cannot load track" or "Track does not exist" there.
  setup: [null, 'template', 'track', 'filter'],
  json: ['json'],
  'jinja-syntax': ['template'],
  render: ['template'],
  'track-version': ['version'],
  schema: ['schema'],
  track: ['track'],
  'track-params': ['params'],
  'body-template': ['body'],
  // Raw crashes there.
  python: ['track', 'version', 'body']
}

/** Where we differ on purpose. */
const DEVIATIONS: Readonly<Record<string, string>> = {
  'unknown challenge':
    'a --challenge that names nothing is a mistake of the load; Elastic Rally tells when the race begins, and `info` never'
}

type Loaded = { readonly loaded: LoadedTrack } | { readonly error: RallyError }

async function load(t: TestContext, vector: Vector): Promise<Loaded> {
  const { files, path, track_params, challenge, include, exclude } = vector.input as unknown as {
    files: Record<string, unknown>
    path?: string
    track_params?: JsonObject
    challenge?: string
    include?: string[]
    exclude?: string[]
  }
  const folder = trackFolder(t, files)
  try {
    const loaded = await loadTrack({
      source: { path: path === undefined ? folder : join(folder, path), repositoriesDir: folder, repositoryUrls: {} },
      params: track_params ?? {},
      challenge: challenge ?? null,
      includeTasks: include ?? [],
      excludeTasks: exclude ?? []
    })
    return { loaded }
  } catch (error) {
    if (error instanceof RallyError) return { error }
    throw error
  }
}

const mistakesOf = (error: RallyError): readonly (Mistake | { readonly kind: null })[] =>
  error instanceof TrackError ? error.mistakes : [{ kind: null }]

test('what Elastic Rally refuses is refused, at the same place and stage', async (t) => {
  let checked = 0
  for (const vector of vectorsOf('error-paths.json', t)) {
    if (vector.error === undefined) continue
    const result = await load(t, vector)
    assert.ok('error' in result, `${vector.name}: was accepted`)
    checked++
    const { error } = result
    assert.ok(error.kind === 'track', `${vector.name}: ${error.kind}`)
    const mistakes = mistakesOf(error)
    const kinds = KINDS[String(vector['category'])] ?? []
    assert.ok(
      mistakes.some(({ kind }) => kinds.includes(kind)),
      `${vector.name}: ${mistakes.map(({ kind }) => kind).join(', ')} for ${String(vector['category'])}`
    )
    checkPlace(vector, mistakes)
  }
  t.diagnostic(`${checked} vectors`)
})

function checkPlace(vector: Vector, mistakes: readonly (Mistake | { readonly kind: null })[]): void {
  const schema = vector['schema'] as { path: unknown; schema_path: unknown } | undefined
  const places = mistakes.filter((mistake): mistake is Mistake => mistake.kind !== null)
  if (schema !== undefined) {
    const place = JSON.stringify([schema.path, schema.schema_path])
    const ours = places.map(({ path, schemaPath }) => JSON.stringify([path, schemaPath]))
    assert.ok(ours.includes(place), `${vector.name}: ${place} is not in ${ours.join(' ')}`)
  }
  const context = vector['json_context']
  if (typeof context === 'string') assert.ok(places[0]?.message.includes(context), `${vector.name}: ${places[0]?.message ?? ''}`)
}

test('what Elastic Rally accepts is accepted, and what it finds out later is a warning', async (t) => {
  let checked = 0
  for (const vector of vectorsOf('error-paths.json', t)) {
    if (vector.error !== undefined) continue
    const {
      challenges,
      tasks,
      selected,
      default: byDefault,
      lazy_errors: late,
      find_challenge: found
    } = vector.expected as unknown as {
      challenges: string[]
      tasks: string[][]
      selected: string | null
      default: string
      lazy_errors: { task: string }[]
      find_challenge?: { error?: string }
    }
    const result = await load(t, vector)
    checked++
    if (found?.error !== undefined) {
      assert.ok(DEVIATIONS[vector.name.replace(/~\d+$/, '')], vector.name)
      assert.ok('error' in result && result.error.problems.some((problem) => /there is no challenge/.test(problem)), vector.name)
      continue
    }
    assert.ok('loaded' in result, `${vector.name}: ${'error' in result ? result.error.problems.join('\n') : ''}`)
    const { track, warnings } = result.loaded
    assert.deepEqual(
      track.challenges.map((challenge) => challenge.name),
      challenges,
      vector.name
    )
    assert.deepEqual(
      track.challenges.map((challenge) => challenge.schedule.flatMap(tasksOf).map((task) => task.name)),
      tasks,
      vector.name
    )
    assert.equal(track.challenges.find((challenge) => challenge.isSelected)?.name ?? null, selected, vector.name)
    assert.equal(track.challenges.find((challenge) => challenge.isDefault)?.name, byDefault, vector.name)
    for (const { task } of late)
      assert.ok(
        warnings.some((warning) => warning.includes(`a race will refuse task [${task}]`)),
        `${vector.name}: ${task}`
      )
  }
  t.diagnostic(`${checked} vectors`)
})
