import assert from 'node:assert/strict'
import test from 'node:test'
import { bestMatch, variantsOf, versionParts } from '../../../src/track/versions.ts'
import { vectorsOf } from './vectors.ts'

test('versions and the branches for them are chosen as in Elastic Rally', (t) => {
  let checked = 0
  for (const { kind, name, input, expected, error } of vectorsOf('units-format.json', t)) {
    const [first, second] = (input['args'] ?? []) as unknown as [string, string]
    const answers: Record<string, () => unknown> = {
      best_match: () => bestMatch(first as unknown as string[], second),
      is_version_identifier: () => versionParts(first) !== null,
      major_version: () => versionParts(first)?.major,
      components: () => Object.values(versionParts(first) ?? {}) as unknown[],
      variants_of: () => variantsOf(first)
    }
    const answer = answers[kind ?? '']
    if (answer === undefined) continue
    checked++
    // Where Elastic Rally raises an error on what is no version, we say that it is none.
    if (error === undefined) assert.deepEqual(answer(), expected, name)
    else assert.equal(versionParts(first), null, name)
  }
  t.diagnostic(`${checked} vectors`)
})

test('the nearest earlier minor of the same major is taken before the major itself', () => {
  assert.equal(bestMatch(['master', '8', '8.2', '8.10'], '8.11.1'), '8.10')
  assert.equal(bestMatch(['master', '8', '8.2'], '8.1.0'), '8')
  assert.equal(bestMatch(['master', '8'], '7.17.0'), null)
  assert.equal(bestMatch(['8', '8.2.1-x'], '8.2.1-x'), '8.2.1-x')
})

test('an unknown and a serverless version mean the newest tracks', () => {
  for (const version of [null, '', 'serverless']) assert.equal(bestMatch(['8'], version), 'master')
  assert.equal(bestMatch(['8'], 'latest'), null)
})
