import assert from 'node:assert/strict'
import { test } from 'node:test'
import { buildOperation, buildTask, buildTrack } from '../helpers/build-track.ts'
import { runSchedule } from '../helpers/run-schedule.ts'
import { startStubTarget } from '../helpers/stub-target.ts'

const search = buildOperation('raw-request', { path: '/_search' }, 'search')

test('every iteration of every client is sent once and counted once', async (t) => {
  const target = await startStubTarget()
  t.after(() => target.close())
  const track = buildTrack([buildTask(search, { clients: 3, warmupIterations: 5, iterations: 20 })])
  const { result, measurements } = await runSchedule({ track, target, workers: 2 })
  assert.equal(result.error, null)
  assert.equal(result.phase, 'done')
  const measured = measurements[0]
  assert.equal(target.requests.length, 75)
  assert.deepEqual([measured!.account.warmup.ok, measured!.account.normal.ok], [15, 60])
  assert.equal(measured!.normal.serviceTime.count, 60)
  assert.ok(measured!.normal.serviceTime.percentile(50) > 0)
})

test('a throttled task sends at its rate and lasts its time', async (t) => {
  const target = await startStubTarget()
  t.after(() => target.close())
  const task = buildTask(search, { clients: 2, timePeriod: 3, params: { 'target-throughput': 100 } })
  const { measurements } = await runSchedule({ track: buildTrack([task]), target })
  const measured = measurements[0]
  assert.equal(measured!.account.normal.ok, 300)
  assert.deepEqual(measured!.measuredSeconds, { from: 0, to: 3 })
  // A busy machine may send late, across the border of a second; what is sent in all stays exact.
  const sent = measured!.seconds.map((second) => second.sent)
  assert.equal(sent.reduce((sum, count) => sum + count, 0), 300)
  assert.ok(sent.slice(0, 3).every((count) => Math.abs(count - 100) <= 30), sent.join(' '))
})

test('the same seed sends the same requests whatever the number of workers', async (t) => {
  const target = await startStubTarget()
  t.after(() => target.close())
  const counts: (readonly [number, number])[] = []
  for (const workers of [1, 3]) {
    const track = buildTrack([buildTask(search, { clients: 5, iterations: 7, params: { 'target-throughput': 200, schedule: 'poisson' } })])
    const { measurements } = await runSchedule({ track, target, workers })
    counts.push([measurements[0]!.account.normal.started, measurements[0]!.normal.latency.count])
  }
  assert.deepEqual(counts, [[35, 35], [35, 35]])
})

test('a completing task ends the others of its parallel, and nobody else', async (t) => {
  const target = await startStubTarget()
  t.after(() => target.close())
  const first = buildTask(search, { name: 'first', iterations: 10, completesParent: true, params: { 'target-throughput': 20 } })
  const endless = buildTask(search, { name: 'endless', clients: 2, iterations: 1_000_000, params: { 'target-interval': 3600 } })
  const after = buildTask(search, { name: 'after', iterations: 3 })
  const track = buildTrack([{ kind: 'parallel', tasks: [first, endless], clients: null }, after])
  const startedAt = process.uptime()
  const { result, measurements } = await runSchedule({ track, target, workers: 2 })
  assert.equal(result.phase, 'done')
  assert.ok(process.uptime() - startedAt < 10)
  assert.deepEqual(measurements.map((one) => [one.task, one.account.normal.ok]), [['first', 10], ['endless', 1], ['after', 3]])
})

test('a refused connection ends the race with one message that names task and target', async () => {
  const target = await startStubTarget()
  await target.close()
  const { result } = await runSchedule({ track: buildTrack([buildTask(search)]), target })
  assert.equal(result.phase, 'failed')
  assert.match(result.error!.message, new RegExp(`127\\.0\\.0\\.1:${target.port}`))
})

test('a request that is never answered times out and is counted as that', async (t) => {
  const target = await startStubTarget(() => {})
  t.after(() => target.close())
  const track = buildTrack([buildTask(search, { clients: 2, iterations: 2 })])
  const { result, measurements } = await runSchedule({ track, target, timeoutMs: 150 })
  assert.equal(result.phase, 'done')
  assert.equal(measurements[0]!.account.normal.timedOut, 4)
  // The timeout counts from before the write, service time from after it.
  assert.ok(measurements[0]!.normal.serviceTime.min > 100)
})

test('a cancel stops sending, waits for what is in flight and balances the account', async (t) => {
  const cancel = new AbortController()
  let seen = 0
  const target = await startStubTarget((_seen, response) => {
    seen++
    if (seen === 6) cancel.abort()
    setTimeout(() => response.end('{}'), 300)
  })
  t.after(() => target.close())
  const track = buildTrack([buildTask(search, { clients: 4, timePeriod: 3600 }), buildTask(search, { name: 'later' })])
  const { result, measurements } = await runSchedule({ track, target, signal: cancel.signal, workers: 2 })
  assert.equal(result.phase, 'cancelled')
  assert.deepEqual(measurements.map((one) => one.task), ['search'])
  const { started, ok } = measurements[0]!.account.normal
  assert.equal(ok, started)
  assert.equal(target.requests.length, started)
})

test('with --on-error=abort a failed request ends the race; with continue it is counted, with one answer body', async (t) => {
  const target = await startStubTarget((_seen, response) => {
    response.statusCode = 503
    response.end('{"error":"busy"}')
  })
  t.after(() => target.close())
  const track = buildTrack([buildTask(search, { iterations: 4 })])
  const aborted = await runSchedule({ track, target, onError: 'abort' })
  assert.equal(aborted.result.phase, 'failed')
  assert.match(aborted.result.error!.message, /task "search".*503.*busy/)
  const { measurements } = await runSchedule({ track, target, onError: 'continue' })
  assert.deepEqual(measurements[0]!.account.normal.failed, { 'http-503': 4 })
  assert.match(measurements[0]!.errors[0]!.body!, /busy/)
})

test('a race that fails tells at once, aborts what is in flight and keeps what every client measured until then', async (t) => {
  let asked = 0
  const target = await startStubTarget((_seen, response) => {
    asked++
    // The tenth request fails; from then on nobody is answered.
    if (asked === 10) response.writeHead(500).end('broken')
    else if (asked < 10) response.end('{}')
  })
  t.after(() => target.close())
  const track = buildTrack([buildTask(search, { clients: 4, iterations: 100 })])
  const startedAt = process.uptime()
  const { result, measurements } = await runSchedule({ track, target, onError: 'abort', workers: 2 })
  assert.ok(process.uptime() - startedAt < 15)
  assert.equal(result.phase, 'failed')
  assert.match(result.error!.message, /task "search".*500.*broken/)
  const { started, ok, failed, cancelled, unknown } = measurements[0]!.account.normal
  assert.deepEqual([ok, failed, unknown], [9, { 'http-500': 1 }, 0])
  assert.equal(started, ok + 1 + cancelled)
  assert.ok(cancelled >= 1)
})

test('what an operation wants to send after a cancel is not sent, so that nothing waits for it', async (t) => {
  // A scroll is cleared behind every search: here by a server that has stopped to answer.
  let pages = 0
  const page = '{"_scroll_id":"x","took":1,"timed_out":false,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0},"hits":{"total":{"value":1000,"relation":"eq"},"hits":[{"_id":"1"}]}}'
  const target = await startStubTarget((_seen, response) => {
    if (++pages < 3) response.end(page)
  })
  t.after(() => target.close())
  const scroll = buildOperation('scroll-search', { index: 'i', body: {}, pages: 'all', 'results-per-page': 1 })
  const cancel = new AbortController()
  const running = runSchedule({ track: buildTrack([buildTask(scroll)]), target, signal: cancel.signal })
  while (pages < 3) await new Promise((resolve) => setTimeout(resolve, 20))
  const cancelledAt = process.uptime()
  cancel.abort()
  const { result, measurements } = await running
  assert.equal(result.phase, 'cancelled')
  assert.ok(process.uptime() - cancelledAt < 9)
  assert.deepEqual([measurements[0]!.account.normal.cancelled, target.requests.length], [1, 3])
})

test('a task without any exchange hears a cancel', async (t) => {
  const target = await startStubTarget()
  t.after(() => target.close())
  const nothing = buildOperation('create-index', { index: 'none' })
  const cancel = new AbortController()
  setTimeout(() => cancel.abort(), 500)
  const track = buildTrack([buildTask({ ...nothing, params: { ...nothing.params, indices: [] } }, { iterations: 1_000_000_000 })])
  const { result, warnings } = await runSchedule({ track, target, signal: cancel.signal })
  assert.deepEqual([result.phase, warnings], ['cancelled', []])
})
