// Names that JavaScript's objects know by nature are names like any other: from the track to race.json, no figure is lost.

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { accountOf, raceFolder, raceToEnd, readRace } from '../helpers/race-process.ts'
import { answerAll, json, startStubCluster } from '../helpers/stub-cluster.ts'
import { searchTask, writeTrack } from '../helpers/write-track.ts'

const NAMES = ['constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf']

test('tasks and operations called constructor, __proto__ and toString are run, ended and reported', async (t) => {
  const cluster = await startStubCluster((end) => t.after(end), {
    answer: (request, response) => (request.body.includes('fails') ? json(response, 503, '{"error":{"type":"__proto__","reason":"constructor"}}') : answerAll(request, response))
  })
  const failing = searchTask({ name: 'failing', iterations: 2 }) as { readonly operation: object }
  const schedule = [
    ...NAMES.map((name) => searchTask({ name, clients: 2, 'warmup-iterations': 1, iterations: 3 })),
    { parallel: { 'completed-by': '__proto__ 2', tasks: [searchTask({ name: '__proto__ 2', iterations: 4 }), searchTask({ name: 'propertyIsEnumerable', iterations: 1_000_000 })] } },
    { parallel: { 'completed-by': 'isPrototypeOf', tasks: [searchTask({ name: 'isPrototypeOf', iterations: 4 }), searchTask({ name: '__defineGetter__', iterations: 1_000_000 })] } },
    { ...failing, operation: { ...failing.operation, body: { query: { match: { x: 'fails' } } } } }
  ]
  const ended = await raceToEnd([`--track-path=${writeTrack({ schedule })}`, `--target-hosts=${cluster.where}`, '--user-tags=__proto__:a,constructor:b'])
  assert.equal(ended.code, 0, ended.stderr)
  const race = readRace(ended.home)
  for (const name of NAMES) {
    const { started, ok } = accountOf(race, name)
    assert.deepEqual([name, started, ok], [name, 6, 6])
    assert.match(ended.stdout, new RegExp(`100th percentile service time \\| +${name} \\|`))
  }
  for (const name of ['__proto__ 2', 'isPrototypeOf']) assert.equal(accountOf(race, name).ok, 4)
  assert.equal(accountOf(race, 'failing').failed, 2)
  assert.match(ended.stdout, /2 × http-503 \(failing 2\): __proto__ \(constructor\)/)
  assert.match(readFileSync(join(raceFolder(ended.home), 'race.json'), 'utf8'), /"__proto__": ?"a"/)
})
