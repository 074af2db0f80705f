import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { allocate } from '../../../src/allocation/allocation.ts'
import { assignClients } from '../../../src/allocation/assignment.ts'
import { neededLines } from '../../../src/coordinator/needed-lines.ts'
import type { LineRange } from '../../../src/corpus/needed-bytes.ts'
import type { Track } from '../../../src/track/track.ts'
import { buildOperation, buildTask, buildTrack } from '../../helpers/build-track.ts'
import { trackFromJson } from '../../corpora-from-json.ts'

function corporaOf(...documents: readonly number[]): Track['corpora'] {
  const sets = documents.map((count, index) => ({ 'source-file': `d${index}.json`, 'document-count': count }))
  return trackFromJson({ indices: [{ name: 'i' }], corpora: [{ name: 'c', documents: sets }] }).corpora
}

const bulk = (clients: number, params: Readonly<Record<string, number | string>> = {}): ReturnType<typeof buildTask> => buildTask(buildOperation('bulk', { 'bulk-size': 10, ...params }), { clients })

function linesOfNodes(track: Track, schedule: Parameters<typeof allocate>[0], nodes: number): Map<string, LineRange[]>[] {
  const { steps, clients } = allocate(schedule)
  const named = Array.from({ length: nodes }, (_, n) => ({ name: `${n}`, weight: 1 }))
  return assignClients(clients, named).map((share) => neededLines(track, steps, share.clients))
}

test('what all nodes need is each line once, however many clients and nodes there are', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 1, max: 5 }), fc.array(fc.integer({ min: 1, max: 300 }), { minLength: 1, maxLength: 3 }), (clients, nodes, documents) => {
      const schedule = [bulk(clients)]
      const track = buildTrack(schedule, { corpora: corporaOf(...documents) })
      const all = linesOfNodes(track, schedule, nodes)
      documents.forEach((count, file) => {
        const ranges = all.flatMap((needed) => needed.get(`c/d${file}.json`) ?? []).sort((a, b) => a.offsetLines - b.offsetLines)
        let next = 0
        for (const { offsetLines, lines } of ranges) {
          assert.equal(offsetLines, next)
          next += lines
        }
        assert.equal(next, count)
      })
    })
  )
})

test('of a task that wants a part of the corpora only that part is needed', () => {
  const schedule = [bulk(2, { 'ingest-percentage': 25 })]
  const track = buildTrack(schedule, { corpora: corporaOf(400) })
  const [first, second] = linesOfNodes(track, schedule, 2)
  assert.deepEqual(first?.get('c/d0.json'), [{ offsetLines: 0, lines: 50 }])
  assert.deepEqual(second?.get('c/d0.json'), [{ offsetLines: 200, lines: 50 }])
})

test('a node whose clients read no corpus needs none', () => {
  const schedule = [buildTask(buildOperation('search', { index: 'i', body: {} }), { clients: 4 }), bulk(1)]
  const [first, second] = linesOfNodes(buildTrack(schedule, { corpora: corporaOf(40) }), schedule, 2)
  assert.deepEqual([first?.size, second?.size], [1, 0])
})
