import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { HealthJudge } from '../../../src/coordinator/health-judge.ts'
import type { HealthFinding, HealthReport, TaskMeasurement } from '../../../src/metrics/measurement.ts'
import type { NodeHealth, WorkerHealth } from '../../../src/protocol/messages.ts'
import { HEALTH_LIMITS } from '../../helpers/health-limits.ts'
import { nodeHealth, snapshot, workerHealth } from '../../helpers/health-samples.ts'
import { EMPTY_ACCOUNT, measurementSample, times } from '../metrics/measurement-sample.ts'

interface Seconds {
  readonly worker?: readonly Partial<WorkerHealth>[]
  readonly node?: readonly Partial<NodeHealth>[]
  readonly isThrottled?: boolean
  readonly measurements?: readonly TaskMeasurement[]
}

/** A race of one step with the task `find`, whose seconds are told one after another. */
function judged({ worker = [], node = [], isThrottled = true, measurements = [] }: Seconds): HealthReport {
  const judge = new HealthJudge(HEALTH_LIMITS)
  judge.stepStarts({ step: 0, tasks: ['find'], isThrottled, nowMs: 5000 })
  for (const [second, changes] of worker.entries()) judge.hear(snapshot({ seq: second, health: [workerHealth(second, changes)] }))
  for (const [second, changes] of node.entries()) judge.hear(snapshot({ seq: second, nodeHealth: [nodeHealth(second, changes)] }))
  return judge.report(measurements)
}

const repeat = (count: number, health: Partial<WorkerHealth>): Partial<WorkerHealth>[] => Array.from({ length: count }, () => health)
const FULL = 'busy or waiting for a core, with late clients'
const LATENESS = 'event-loop delay p99 of the step'
const repeatNumber = (count: number, value: number): number[] => Array.from({ length: count }, () => value)
const finding = ({ findings }: HealthReport, figure: string): HealthFinding => findings.find((one) => one.figure === figure)!

test('a figure must be over its limit for the whole window, without a break', () => {
  assert.equal(judged({ worker: repeat(4, { loopDelayP99Ms: 50 }) }).verdict, 'ok')
  assert.equal(judged({ worker: [...repeat(4, { loopDelayP99Ms: 50 }), {}, ...repeat(4, { loopDelayP99Ms: 50 })] }).verdict, 'ok')
  assert.equal(judged({ worker: repeat(5, { loopDelayP99Ms: 50 }) }).verdict, 'invalid')
})

test('a breach says which figure, where, in which seconds of which step, for how long, and what to do', () => {
  const found = finding(judged({ worker: [{}, {}, ...repeat(7, { loopDelayP99Ms: 50 }), {}, { loopDelayP99Ms: 90 }] }), 'event-loop delay p99')
  assert.deepEqual(found, {
    figure: 'event-loop delay p99',
    unit: 'ms',
    worst: 50,
    limit: 20,
    breached: true,
    warnsOnly: false,
    where: 'node n, worker 0',
    when: { step: 1, tasks: ['find'], fromSecond: 2, toSecond: 8 },
    seconds: 7,
    advice: 'add load drivers, or ask for less load'
  })
})

test('busy or missing cores are a fault while a throttled task runs, and a warning otherwise', () => {
  for (const health of [{ cpu: 0.99 }, { cpuWait: 0.6 }, { loopDelayP99Ms: 30 }]) {
    assert.equal(judged({ worker: repeat(6, health) }).verdict, 'invalid')
    assert.equal(judged({ worker: repeat(6, health), isThrottled: false }).verdict, 'warning')
  }
  const steal = Array.from({ length: 6 }, () => ({ steal: 0.2 }))
  assert.equal(judged({ node: steal }).verdict, 'invalid')
  assert.match(finding(judged({ node: steal }), 'CPU steal').advice, /one of your own/)
})

test('an unthrottled task is judged by CPU and loop delay where Rally itself fills its requests’ time', () => {
  const task = (processing: number): TaskMeasurement => {
    const milliseconds = (ms: number): number[] => Array.from({ length: 600 }, () => ms)
    const normal = { ...times(milliseconds(10)), processingTime: times(milliseconds(processing)).processingTime }
    return measurementSample({ task: 'find', isThrottled: false, normal })
  }
  const busy = { worker: repeat(6, { cpu: 0.99 }), isThrottled: false }
  assert.equal(judged({ ...busy, measurements: [task(11)] }).verdict, 'warning')
  assert.equal(judged({ ...busy, measurements: [task(13)] }).verdict, 'invalid')
})

test('where other processes have the cores, more load drivers are not the advice', () => {
  const judge = new HealthJudge(HEALTH_LIMITS)
  judge.stepStarts({ step: 0, tasks: ['find'], isThrottled: true, nowMs: 0 })
  for (let second = 0; second < 6; second++) {
    judge.hear(snapshot({ health: [workerHealth(second, { cpuWait: 0.6 })], nodeHealth: [nodeHealth(second, { cpu: 0.9, ownCpu: 0.2 })] }))
  }
  assert.match(finding(judge.report([]), 'wait for a core').advice, /other processes took 70 % of this machine's cores/)
})

test('two workers over the limit by turns are not one over it for long; both over it are told', () => {
  const judge = new HealthJudge(HEALTH_LIMITS)
  judge.stepStarts({ step: 0, tasks: ['find'], isThrottled: true, nowMs: 0 })
  const hear = (second: number, cpus: readonly number[]): void => judge.hear(snapshot({ health: cpus.map((cpu, worker) => workerHealth(second, { worker, cpu })) }))
  for (let second = 0; second < 10; second++) hear(second, second % 2 === 0 ? [0.99, 0.1] : [0.1, 0.99])
  assert.equal(judge.report([]).verdict, 'ok')
  for (let second = 10; second < 16; second++) hear(second, [0.99, 0.99])
  assert.match(finding(judge.report([]), 'worker CPU').where, /^node n, worker [01] and 1 more$/)
})

test('seconds over the limit in a row count over the join points, also of steps shorter than a second', () => {
  const judge = new HealthJudge(HEALTH_LIMITS)
  for (let step = 0; step < 12; step++) {
    judge.stepStarts({ step, tasks: [`t${step}`], isThrottled: true, nowMs: step * 500 })
    judge.hear(snapshot({ step, health: [workerHealth(0, { fromMs: 0, toMs: 500, cpu: 1 })] }))
  }
  const found = finding(judge.report([]), 'worker CPU')
  assert.deepEqual([found.breached, found.seconds, found.when], [true, 6, { step: 1, tasks: ['t0'], fromSecond: 0, toSecond: 0 }])
})

interface Step {
  readonly task: string
  readonly isThrottled: boolean
  readonly seconds: number
  readonly health?: Partial<WorkerHealth>
}

/** Steps one after another, a fifth of a second apart, each with the same health in all its seconds. */
function raced(steps: readonly Step[], measurements: readonly TaskMeasurement[] = []): HealthReport {
  const judge = new HealthJudge(HEALTH_LIMITS)
  let nowMs = 0
  for (const [step, { task, isThrottled, seconds, health = { cpu: 0.99 } }] of steps.entries()) {
    judge.stepStarts({ step, tasks: [task], isThrottled, nowMs })
    for (let second = 0; second < seconds; second++) judge.hear(snapshot({ step, seq: second, health: [workerHealth(second, health)] }))
    nowMs += seconds * 1000 + 200
  }
  return judge.report(measurements)
}

test('a throttled step is judged by its own part of a breach that began, or goes on, in an unthrottled one', () => {
  const index = (seconds: number): Step => ({ task: 'index', isThrottled: false, seconds })
  const find = (seconds: number): Step => ({ task: 'find', isThrottled: true, seconds })
  const told = (steps: readonly Step[]): unknown => {
    const { verdict, ...report } = raced(steps)
    const { warnsOnly, seconds, when } = finding({ verdict, ...report }, 'worker CPU')
    return { verdict, warnsOnly, seconds, when }
  }
  const moment = (step: number, task: string, toSecond: number): unknown => ({ step, tasks: [task], fromSecond: 0, toSecond })
  const invalid = { verdict: 'invalid', warnsOnly: false, seconds: 8 }
  assert.deepEqual(told([index(6), find(8)]), { ...invalid, when: moment(2, 'find', 7) })
  assert.deepEqual(told([index(1), find(8)]), { ...invalid, when: moment(2, 'find', 7) })
  assert.deepEqual(told([index(60), find(8), index(60)]), { ...invalid, when: moment(2, 'find', 7) })
  // Three seconds are no breach of a throttled step, whatever follows or was before.
  assert.deepEqual(told([find(3), index(6)]), { verdict: 'warning', warnsOnly: true, seconds: 6, when: moment(2, 'index', 5) })
  assert.deepEqual(told([index(6), find(3)]), { verdict: 'warning', warnsOnly: true, seconds: 6, when: moment(1, 'index', 5) })
  assert.deepEqual(told([find(4), find(4)]), { ...invalid, when: moment(1, 'find', 3) })
})

test('an unthrottled step whose time Rally itself fills is judged by its own part of a breach', () => {
  const normal = { ...times(repeatNumber(600, 10)), processingTime: times(repeatNumber(600, 13)).processingTime }
  const bound = measurementSample({ task: 'parse', isThrottled: false, normal })
  const index = { task: 'index', isThrottled: false, seconds: 9 }
  const report = raced([index, { task: 'parse', isThrottled: false, seconds: 6 }, index], [bound])
  const { warnsOnly, seconds, when } = finding(report, 'worker CPU')
  assert.deepEqual([report.verdict, warnsOnly, seconds, when], ['invalid', false, 6, { step: 2, tasks: ['parse'], fromSecond: 0, toSecond: 5 }])
})

test('pauses between short steps are no seconds over the limit', () => {
  const raceOf = (steps: number): HealthFinding => {
    const judge = new HealthJudge(HEALTH_LIMITS)
    for (let step = 0; step < steps; step++) {
      judge.stepStarts({ step, tasks: ['find'], isThrottled: true, nowMs: step * 1000 })
      judge.hear(snapshot({ step, health: [workerHealth(0, { fromMs: 0, toMs: 300, cpu: 1 })] }))
    }
    return finding(judge.report([]), 'worker CPU')
  }
  assert.equal(raceOf(6).breached, false)
  const found = raceOf(20)
  assert.deepEqual([found.breached, found.seconds], [true, 6])
})

test('ticks that come a little late are seconds as well', () => {
  const ends = [1060, 2010, 3000, 4000, 5000, 6000]
  const worker = ends.map((toMs, at) => ({ fromMs: ends[at - 1] ?? 0, toMs, cpu: at === 0 ? 0.2 : 0.99 }))
  assert.deepEqual([finding(judged({ worker }), 'worker CPU').breached, finding(judged({ worker }), 'worker CPU').seconds], [true, 5])
})

test('a standstill of two seconds in ten is a fault; in an hour it is told', () => {
  const stopped = (seconds: number): HealthReport =>
    judged({ worker: [...repeat(seconds, {}), { fromMs: seconds * 1000, toMs: seconds * 1000 + 2500, longDelaysMs: [2003, 12], loopDelayP99Ms: 1990 }] })
  const short = stopped(8)
  assert.equal(short.verdict, 'invalid')
  const found = finding(short, LATENESS)
  assert.ok(found.worst! > 1700 && found.worst! < 2000, String(found.worst))
  assert.deepEqual([found.limit, found.seconds, found.when], [5, 2.003, { step: 1, tasks: ['find'], fromSecond: 8, toSecond: 10 }])
  assert.match(found.advice, /stood still for up to 2003 ms/)
  assert.equal(stopped(3600).verdict, 'ok')
})

test('the lateness of a step is held against what its tasks can bear', () => {
  // 20 ms late once a second: 10 ms at the quantile.
  const worker = repeat(10, { longDelaysMs: [20] })
  assert.equal(finding(judged({ worker }), LATENESS).breached, true)
  assert.equal(judged({ worker, isThrottled: false }).verdict, 'ok')
  const slow = measurementSample({ task: 'find', isThrottled: true, normal: times(repeatNumber(600, 150)) })
  assert.equal(judged({ worker, measurements: [slow] }).verdict, 'ok')
  // A step that is over in a moment has no hundredth to speak of.
  assert.equal(judged({ worker: [{ toMs: 900, longDelaysMs: [120] }] }).verdict, 'ok')
})

test('a send delay is judged by the task’s service time, and names the seconds that were late', () => {
  const buckets = (ms: number) => ({ n: 100, sum: ms * 100, min: ms, max: ms, buckets: [Math.round(ms * 10_000), 100] })
  const judge = new HealthJudge(HEALTH_LIMITS)
  judge.stepStarts({ step: 0, tasks: ['find'], isThrottled: true, nowMs: 0 })
  const zero = { n: 0, sum: 0, min: 0, max: 0, buckets: [] }
  const moments = { n: 0, sum: 0, min: 0, max: 0, m2: 0 }
  const tally = { started: 0, ok: 0, failed: {}, cancelled: 0, work: {}, bytes: 0, retries: 0 }
  for (let k = 0; k < 8; k++) {
    const second = { k, sent: 100, ok: 100, failed: {}, cancelled: 0, work: 100, latency: zero, service: zero, processing: zero, okService: moments, maxService: 0, errorRun: 0 }
    // Slow in seconds 3, 4 and 5, within what a bucket per 100 ns holds.
    judge.hear(snapshot({ tasks: { find: { normal: { tally, seconds: [{ ...second, sendDelay: buckets(k >= 3 && k <= 5 ? 0.15 : 0.01) }] } } } }))
  }
  const late = (serviceMs: number): TaskMeasurement => {
    const delays = Array.from({ length: 800 }, (_, index) => (index < 40 ? 8 : 0.1))
    const normal = { ...times(delays.map(() => serviceMs)), sendDelay: times(delays).serviceTime }
    return measurementSample({ task: 'find', isThrottled: true, normal })
  }
  const fast = finding(judge.report([late(2)]), 'send delay p99')
  assert.deepEqual([fast.breached, fast.worst, fast.limit], [true, 8, 5])
  const slow = finding(judge.report([late(100)]), 'send delay p99')
  assert.deepEqual([slow.breached, slow.limit], [false, 10])
})

test('what a task can bear is told by its service time: latency holds the backlog of the driver itself', () => {
  const worker = repeat(10, { longDelaysMs: [20] })
  const behind = (serviceMs: number): TaskMeasurement => {
    const normal = { ...times(repeatNumber(600, serviceMs)), latency: times(repeatNumber(600, 6000)).serviceTime }
    return measurementSample({ task: 'find', isThrottled: true, normal })
  }
  assert.deepEqual([finding(judged({ worker, measurements: [behind(5)] }), LATENESS).limit, judged({ worker, measurements: [behind(5)] }).verdict], [5, 'invalid'])
  // The queue is the server's: so is the time.
  assert.deepEqual([finding(judged({ worker, measurements: [behind(600)] }), LATENESS).limit, judged({ worker, measurements: [behind(600)] }).verdict], [60, 'ok'])
})

test('a worker that never rests while its clients are late is a fault, whether it runs or waits for a core', () => {
  const full = { cpu: 0.6, cpuWait: 0.4, lateClients: 3, lateMs: 80 }
  const found = finding(judged({ worker: repeat(6, full) }), FULL)
  assert.deepEqual([found.worst, found.limit, found.breached, found.warnsOnly, found.seconds], [100, 95, true, false, 6])
  assert.equal(found.advice, 'add load drivers, or ask for less load')
  assert.equal(judged({ worker: repeat(6, full) }).verdict, 'invalid')
  assert.equal(judged({ worker: repeat(4, full) }).verdict, 'ok')
  // Where all requests leave in time the cores suffice; where they are late and the worker rests, the target is slow.
  assert.equal(finding(judged({ worker: repeat(6, { ...full, lateClients: 0 }) }), FULL), undefined)
  assert.equal(judged({ worker: repeat(6, { ...full, lateClients: 0 }) }).verdict, 'ok')
  assert.equal(judged({ worker: repeat(6, { ...full, cpu: 0.5 }) }).verdict, 'ok')
  assert.equal(judged({ worker: [...repeat(4, full), { ...full, lateClients: 0 }, ...repeat(4, full)] }).verdict, 'ok')
})

test('a throttled task of whose requests next to none has a send delay says so', () => {
  const known = 'requests whose send delay is known'
  const task = (count: number, isThrottled: boolean): HealthReport => {
    const normal = { ...times(repeatNumber(1000, 3)), sendDelay: times(repeatNumber(count, 1)).serviceTime }
    return judged({ measurements: [measurementSample({ task: 'find', isThrottled, normal })] })
  }
  const report = task(5, true)
  const { worst, unit, limit, breached, where } = finding(report, known)
  assert.deepEqual([worst, unit, limit, breached, where, report.verdict], [0.5, '%', null, false, 'task find', 'ok'])
  assert.equal(finding(task(500, true), known), undefined)
  assert.equal(finding(task(0, false), known), undefined)
})

test('a single dropped sample is a fault, and says where to turn', () => {
  const report = judged({ worker: [{}, { dropped: 1 }], isThrottled: false })
  assert.equal(report.verdict, 'invalid')
  const found = finding(report, 'dropped samples')
  assert.match(found.advice, /sample\.queue\.size/)
  assert.deepEqual([found.where, found.when?.fromSecond], ['node n, worker 0', 1])
})

test('what runs out warns; requests that failed for want of it make the race invalid', () => {
  const report = judged({ node: [{ descriptors: 19_000 }, { portsLeft: 10 }, { memoryAvailable: 1e9 }] })
  assert.equal(report.verdict, 'warning')
  assert.deepEqual(
    report.findings.filter(({ breached }) => breached).map(({ figure }) => figure),
    ['machine memory', 'file descriptors', 'ports to one address']
  )
  assert.match(finding(report, 'file descriptors').advice, /ulimit -n/)
  const starved = measurementSample({ account: { warmup: EMPTY_ACCOUNT, normal: { ...EMPTY_ACCOUNT, started: 3, failed: { 'no-ports': 3 } } } })
  assert.equal(judged({ measurements: [starved] }).verdict, 'invalid')
})

test('a target that is slow is no fault of the driver: late clients are only told', () => {
  const report = judged({ worker: repeat(20, { lateClients: 8, lateMs: 9000 }) })
  assert.equal(report.verdict, 'ok')
  assert.deepEqual([finding(report, 'late clients').worst, finding(report, 'late clients').limit], [8, null])
})

test('a worker or node that was lost makes the race invalid', () => {
  const report = new HealthJudge(HEALTH_LIMITS).report([], ['worker 1 died: boom'])
  assert.equal(report.verdict, 'invalid')
  assert.match(report.findings[0]!.figure, /worker 1 died: boom/)
})

test('a system that does not tell its CPU times, descriptors and ports is not judged by them', () => {
  const node = Array.from({ length: 6 }, () => ({ cpu: null, steal: null, memoryAvailable: null, portsLeft: null, descriptors: null, descriptorLimit: null }))
  assert.equal(judged({ worker: repeat(6, { cpu: null, cpuWait: null }), node }).verdict, 'ok')
})

test('snapshots that come twice, late or not at all change nothing, as long as a later one tells the same seconds', () => {
  const second = fc.record({ cpu: fc.constantFrom(0.2, 0.99), dropped: fc.constantFrom(0, 0, 0, 2), stall: fc.constantFrom(0, 300) })
  fc.assert(
    fc.property(fc.array(second, { minLength: 1, maxLength: 12 }), fc.array(fc.nat(30), { maxLength: 10 }), (seconds, repeated) => {
      const all = seconds.map(({ cpu, dropped, stall }, at) => workerHealth(at, { cpu, dropped, longDelaysMs: stall === 0 ? [] : [stall] }))
      const judge = (): HealthJudge => {
        const one = new HealthJudge(HEALTH_LIMITS)
        one.stepStarts({ step: 0, tasks: ['find'], isThrottled: true, nowMs: 0 })
        return one
      }
      const [once, often] = [judge(), judge()]
      for (const health of all) once.hear(snapshot({ health: [health] }))
      // A snapshot tells all that is not acknowledged: those before may get lost, and come again afterwards.
      const last = snapshot({ health: all })
      often.hear(snapshot({ health: all.slice(0, Math.ceil(all.length / 2)) }))
      often.hear(last)
      for (const at of repeated) often.hear(snapshot({ health: all.slice(at % all.length, (at % all.length) + 2) }))
      assert.deepEqual(often.report([]), once.report([]))
    }),
    { numRuns: 50 }
  )
})
