import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { RallyError } from '../../src/core/errors.ts'
import { findResults, readChunk, readEvents } from '../../src/results/read-results.ts'
import { buildOperation, buildTask, buildTrack } from '../helpers/build-track.ts'
import { runSchedule } from '../helpers/run-schedule.ts'
import { fillDisk, smallDisk } from '../helpers/small-disk.ts'
import { startStubTarget } from '../helpers/stub-target.ts'

const search = buildOperation('raw-request', { path: '/_search' }, 'search')

function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rally-samples-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

test('every sample of every worker is in a chunk when its step is joined, and so are the final figures', async (t) => {
  const target = await startStubTarget((request, response) => {
    response.statusCode = request.path.includes('missing') ? 404 : 200
    response.end('{}')
  })
  t.after(() => target.close())
  const missing = buildOperation('raw-request', { path: '/missing' }, 'missing')
  const steps = [
    buildTask(search, { clients: 3, warmupIterations: 5, iterations: 20 }),
    { kind: 'parallel' as const, tasks: [buildTask(missing, { iterations: 7 }), buildTask(search, { name: 'again', iterations: 4 })], clients: null }
  ]
  const resultsDir = temporaryFolder()
  const { result } = await runSchedule({ track: buildTrack(steps), target, workers: 2, resultsDir })
  assert.equal(result.error, null)
  const { chunks, snapshots, problems } = await findResults([join(resultsDir, 'test')])
  assert.deepEqual(problems, [])
  const counts = new Map<string, number>()
  for (const { path } of chunks) {
    const { header, columns } = await readChunk(path)
    for (let row = 0; row < header.count; row++) {
      const error = columns.error[row] === 0 ? 'ok' : header.errors[columns.error[row]! - 1]
      const key = `${header.step} ${header.tasks[columns.task[row]!]} ${columns.normal[row] === 1 ? 'normal' : 'warmup'} ${error}`
      counts.set(key, (counts.get(key) ?? 0) + 1)
      assert.ok(columns.serviceMs[row]! > 0 && columns.latencyMs[row] === columns.serviceMs[row])
    }
  }
  assert.deepEqual(Object.fromEntries(counts), { '0 search warmup ok': 15, '0 search normal ok': 60, '1 missing normal http-404': 7, '1 again normal ok': 4 })
  const events = (await Promise.all(snapshots.map(({ path }) => readEvents(path)))).flat()
  const joined = events.flatMap((event) => (event.t === 'step-joined' ? [event] : []))
  assert.deepEqual(joined.map(({ step, tasks }) => [step, Object.keys(tasks)]), [[0, ['search']], [1, ['missing', 'again']]])
  // One node, short steps: what it told at the end is what the race knows.
  assert.deepEqual(joined[0]!.tasks['search']!.types.normal!.histograms, result.tasks['search']!.types.normal!.histograms)
  assert.deepEqual(readdirSync(join(resultsDir, 'test', 'snapshots')).filter((name) => name.endsWith('.open')), [])
})

test('a disk that fills up ends the race with its name; the samples written before stay', async (t) => {
  const disk = smallDisk(t)?.path
  if (disk === undefined) return
  let asked = 0
  const target = await startStubTarget((_request, response) => {
    if (++asked === 41) fillDisk(disk)
    response.end('{}')
  })
  t.after(() => target.close())
  const steps = [buildTask(search, { name: 'before', iterations: 40 }), buildTask(search, { name: 'then', iterations: 40 }), buildTask(search, { name: 'never', iterations: 40 })]
  const { result } = await runSchedule({ track: buildTrack(steps), target, resultsDir: disk })
  assert.equal(result.phase, 'failed')
  assert.ok(result.error instanceof RallyError)
  assert.equal(result.error.exitCode, 64)
  assert.match(result.error.message, /^node localhost: \S+\/test\/(chunks|snapshots)\/\S+: the disk is full; the \d+ samples written before are kept$/)
  assert.equal(target.requests.length, 80)
  // What was measured is in the report all the same.
  assert.equal(result.tasks['then']!.types.normal!.tally.ok, 40)
  const { chunks } = await findResults([join(disk, 'test')])
  assert.equal((await readChunk(chunks[0]!.path)).header.count, 40)
})

test('a folder that cannot be made ends the race before its first request, with its name', async (t) => {
  const target = await startStubTarget()
  t.after(() => target.close())
  const { result } = await runSchedule({ track: buildTrack([buildTask(search)]), target, resultsDir: '/dev/null/none' })
  assert.equal(result.phase, 'failed')
  assert.match(result.error!.message, /\/dev\/null\/none/)
  assert.equal(target.requests.length, 0)
})
