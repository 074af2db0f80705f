import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../../../src/core/json.ts'
import { objectsAt } from '../../../src/core/json-path.ts'
import { cautions } from '../../../src/report/cautions.ts'
import { loadDriverSection } from '../../../src/report/load-drivers.ts'
import { raceSample } from './race-sample.ts'

test('each load driver has a line with its part, its health, how exactly it started and what became of it', () => {
  const [, , , , a = '', b = ''] = loadDriverSection(raceSample()).split('\n')
  assert.match(a, /\| +a \| +1 \| +1 \| +32 \| +ok \| +±0.25 ms \| +\|/)
  assert.match(b, /\| +b \| .* 12 \| +over a limit \| .* lost in step 2: has been silent for 10 s \|/)
})

test('it is said whose samples can be brought here, and of whom not all are', () => {
  const race = raceSample()
  const of = (nodes: readonly JsonObject[]): string => loadDriverSection({ ...race, nodes: [...nodes] }).split('\n').at(-2) ?? ''
  const [a, b] = objectsAt(race, 'nodes') as [JsonObject, JsonObject]
  const id = String(race['race-id'])
  assert.equal(of([a, b]), `The samples of a, b are on the disks there: \`rally results pull ${id}\` brings them here; of b, which was lost, what had been written by then (all but ten seconds at most), once it can be reached again.`)
  assert.match(of([a, { ...b, samples: 'none' }]), /^The samples of a are on the disks there: [^;]*$/)
  assert.match(of([{ ...a, samples: 'here' }, { ...b, samples: 'here' }]), /^\|/)
})

test('a race of one load driver says nothing of it', () => {
  const race = raceSample()
  assert.equal(loadDriverSection({ ...race, nodes: objectsAt(race, 'nodes').slice(0, 1) }), '')
  assert.equal(loadDriverSection({}), '')
})

test('figures that lack a lost node’s part say so', () => {
  const item: JsonObject = { task: 'index', missing_nodes: ['b', 'c'] }
  assert.match(cautions(item).join(), /the part of node b, c is missing/)
  assert.deepEqual(cautions({ task: 'index' }), [])
})
