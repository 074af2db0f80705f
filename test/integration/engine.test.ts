import assert from 'node:assert/strict'
import type { ServerResponse } from 'node:http'
import { test } from 'node:test'
import type { RaceProgress } from '../../src/coordinator/race-request.ts'
import { buildOperation, buildTask, buildTrack } from '../helpers/build-track.ts'
import { eachEngine } from '../helpers/each-engine.ts'
import { gate } from '../helpers/gate.ts'
import { runSchedule } from '../helpers/run-schedule.ts'
import { startStubTarget } from '../helpers/stub-target.ts'

const search = buildOperation('raw-request', { path: '/_search' }, 'search')

eachEngine('every iteration of every client is sent once and counted once', async (engine, t) => {
  const target = await startStubTarget()
  t.after(() => target.close())
  const track = buildTrack([buildTask(search, { clients: 3, warmupIterations: 5, iterations: 20 })])
  const { result, measurements } = await runSchedule({ track, target, engine, workers: 2 })
  assert.equal(result.error, null)
  assert.equal(result.phase, 'done')
  const measured = measurements[0]
  assert.equal(target.requests.length, 75)
  assert.deepEqual([measured!.account.warmup.ok, measured!.account.normal.ok], [15, 60])
  assert.equal(measured!.normal.serviceTime.count, 60)
  assert.ok(measured!.normal.serviceTime.percentile(50) > 0)
})

test('a throttled task never sends ahead of its rate, lasts its time, and leaves nothing of its schedule out', async (t) => {
  const target = await startStubTarget()
  t.after(() => target.close())
  const pace = { clients: 2, params: { 'target-throughput': 100 } }
  const byTime = buildTask(search, { name: 'by-time', timePeriod: 3, ...pace })
  const byCount = buildTask(search, { name: 'by-count', iterations: 100, ...pace })
  const { measurements } = await runSchedule({ track: buildTrack([byTime, byCount]), target })
  const [timed, counted] = measurements
  assert.deepEqual(timed!.measuredSeconds, { from: 0, to: 3 })
  // A busy machine sends late, across the border of a second or (by time) not any more: how much is its own affair.
  assert.ok(timed!.account.normal.ok > 0 && timed!.account.normal.ok <= 300, `${timed!.account.normal.ok}`)
  assert.equal(counted!.account.normal.ok, 200)
  // The last of the 200 is due after 1.99 s.
  assert.ok(counted!.elapsedSeconds >= 1.99, `${counted!.elapsedSeconds} s`)
  for (const { seconds } of measurements) {
    let sent = 0
    for (const second of seconds) {
      sent += second.sent
      assert.ok(sent <= 100 * (second.second + 1), `${sent} until the end of second ${second.second}`)
    }
  }
})

test('the measured phase begins with the second in which the warm-up ends, not after each client has had its next turn', async (t) => {
  const target = await startStubTarget()
  t.after(() => target.close())
  // Client i is due at i/4 s and a second later: in second 1 all of them are out of the warm-up.
  const task = buildTask(search, { clients: 4, warmupTimePeriod: 1, timePeriod: 2, params: { 'target-throughput': 4 } })
  const { measurements } = await runSchedule({ track: buildTrack([task]), target })
  assert.deepEqual([measurements[0]!.account.warmup.ok, measurements[0]!.account.normal.ok], [4, 8])
  assert.deepEqual(measurements[0]!.measuredSeconds, { from: 1, to: 3 })
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
  // The first task is answered only after the other one has sent: its end cannot come before that.
  const other = gate()
  const target = await startStubTarget(({ path }, response) => {
    if (path === '/endless') other.open()
    void other.opened.then(() => response.end('{}'))
  })
  t.after(() => target.close())
  const first = buildTask(search, { name: 'first', iterations: 10, completesParent: true, params: { 'target-throughput': 20 } })
  const waiting = buildOperation('raw-request', { path: '/endless' })
  const endless = buildTask(waiting, { name: 'endless', clients: 2, iterations: 1_000_000, params: { 'target-interval': 3600 } })
  const after = buildTask(search, { name: 'after', iterations: 3 })
  const track = buildTrack([{ kind: 'parallel', tasks: [first, endless], clients: null }, after])
  const { result, measurements } = await runSchedule({ track, target, workers: 2 })
  assert.equal(result.phase, 'done')
  assert.deepEqual(measurements.map((one) => [one.task, one.account.normal.ok]), [['first', 10], ['endless', 1], ['after', 3]])
})

eachEngine('a refused connection ends the race with one message that names task and target', async (engine) => {
  const target = await startStubTarget()
  await target.close()
  const { result } = await runSchedule({ track: buildTrack([buildTask(search)]), target, engine })
  assert.equal(result.phase, 'failed')
  assert.match(result.error!.message, new RegExp(`127\\.0\\.0\\.1:${target.port}`))
})

eachEngine('a request that is never answered times out and is counted as that', async (engine, t) => {
  const target = await startStubTarget(() => {})
  t.after(() => target.close())
  const track = buildTrack([buildTask(search, { clients: 2, iterations: 2 })])
  const { result, measurements } = await runSchedule({ track, target, engine, timeoutMs: 1000 })
  assert.equal(result.phase, 'done')
  assert.equal(measurements[0]!.account.normal.timedOut, 4)
  // The timeout counts from before the write, service time from after it.
  assert.ok(measurements[0]!.normal.serviceTime.min > 500)
})

eachEngine('a cancel stops sending, waits for what is in flight and balances the account', async (engine, t) => {
  const cancel = new AbortController()
  let seen = 0
  const target = await startStubTarget((_seen, response) => {
    seen++
    if (seen === 6) cancel.abort()
    setTimeout(() => response.end('{}'), 300)
  })
  t.after(() => target.close())
  const track = buildTrack([buildTask(search, { clients: 4, timePeriod: 3600 }), buildTask(search, { name: 'later' })])
  const { result, measurements } = await runSchedule({ track, target, engine, signal: cancel.signal, workers: 2 })
  assert.equal(result.phase, 'cancelled')
  assert.deepEqual(measurements.map((one) => one.task), ['search'])
  const { started, ok } = measurements[0]!.account.normal
  assert.equal(ok, started)
  assert.equal(target.requests.length, started)
})

eachEngine('with --on-error=abort a failed request ends the race; with continue it is counted, with one answer body', async (engine, t) => {
  const target = await startStubTarget((_seen, response) => {
    response.statusCode = 503
    response.end('{"error":"busy"}')
  })
  t.after(() => target.close())
  const track = buildTrack([buildTask(search, { iterations: 4 })])
  const aborted = await runSchedule({ track, target, engine, onError: 'abort' })
  assert.equal(aborted.result.phase, 'failed')
  assert.match(aborted.result.error!.message, /task "search".*503.*busy/)
  const { measurements } = await runSchedule({ track, target, engine, onError: 'continue' })
  assert.deepEqual(measurements[0]!.account.normal.failed, { 'http-503': 4 })
  assert.match(measurements[0]!.errors[0]!.body!, /busy/)
})

eachEngine('a race that fails tells at once, aborts what is in flight and keeps what every client measured until then', async (engine, t) => {
  // Nine are answered. A client that asks again has read its answer: once each of the four waits for another, all nine are counted.
  // Then one of them fails, and nobody else is ever answered.
  const waiting: ServerResponse[] = []
  let asked = 0
  const target = await startStubTarget((_seen, response) => {
    if (++asked <= 9) response.end('{}')
    else if (waiting.push(response) === 4) waiting[0]!.writeHead(500).end('broken')
  })
  t.after(() => target.close())
  const track = buildTrack([buildTask(search, { clients: 4, iterations: 100 })])
  const { result, measurements } = await runSchedule({ track, target, engine, onError: 'abort', workers: 2 })
  assert.equal(result.phase, 'failed')
  assert.match(result.error!.message, /task "search".*500.*broken/)
  const { started, ok, failed, cancelled, unknown } = measurements[0]!.account.normal
  assert.deepEqual([started, ok, failed, cancelled, unknown], [13, 9, { 'http-500': 1 }, 3, 0])
})

eachEngine('what an operation wants to send after a cancel is not sent, so that nothing waits for it', async (engine, t) => {
  // A scroll is cleared behind every search: here by a server that has stopped to answer.
  let pages = 0
  const thirdPage = gate()
  const page = '{"_scroll_id":"x","took":1,"timed_out":false,"_shards":{"total":1,"successful":1,"skipped":0,"failed":0},"hits":{"total":{"value":1000,"relation":"eq"},"hits":[{"_id":"1"}]}}'
  const target = await startStubTarget((_seen, response) => {
    if (++pages < 3) response.end(page)
    else thirdPage.open()
  })
  t.after(() => target.close())
  const scroll = buildOperation('scroll-search', { index: 'i', body: {}, pages: 'all', 'results-per-page': 1 })
  const cancel = new AbortController()
  const running = runSchedule({ track: buildTrack([buildTask(scroll)]), target, engine, signal: cancel.signal })
  await thirdPage.opened
  cancel.abort()
  const { result, measurements, warnings } = await running
  // A node that does not join in time is warned of.
  assert.deepEqual([result.phase, warnings], ['cancelled', []])
  assert.deepEqual([measurements[0]!.account.normal.cancelled, target.requests.length], [1, 3])
})

test('a task without any exchange hears a cancel', async (t) => {
  const target = await startStubTarget()
  t.after(() => target.close())
  const nothing = buildOperation('create-index', { index: 'none' })
  const cancel = new AbortController()
  // With the first figures: the task runs.
  const progress = ({ tasks }: RaceProgress): void => {
    if (tasks.some((task) => (task.completed ?? 0) > 0)) cancel.abort()
  }
  const track = buildTrack([buildTask({ ...nothing, params: { ...nothing.params, indices: [] } }, { iterations: 1_000_000_000 })])
  const { result, warnings } = await runSchedule({ track, target, signal: cancel.signal, observer: { progress } })
  assert.deepEqual([result.phase, warnings], ['cancelled', []])
})
