import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import type { JsonObject } from '../../../src/core/json.ts'
import { details, headline } from '../../../src/report/details.ts'
import { reportTexts, type ReportOptions } from '../../../src/report/final-report.ts'
import { accountOf, allTasks, isBalanced, totalAccount } from '../../../src/report/race-items.ts'
import { summaryTable } from '../../../src/report/summary.ts'
import { raceSample } from './race-sample.ts'

const OPTIONS: ReportOptions = {
  format: 'markdown',
  numbersAlign: 'decimal',
  showInReport: 'available',
  showProcessingTime: false,
  color: false
}

test('the first line says what was measured', () => {
  const [first] = reportTexts(raceSample(), OPTIONS).stdout.split('\n')
  assert.equal(
    first,
    'Measured embedded node 0.1 with track cities, challenge index-only (race r-1, finished after 12s, seed 42). INVALID: the load generator did not keep up (event-loop delay p99 31.5 ms, limit 20 ms, at worker 1, in seconds 3 to 8 of step 2 (index): use more workers); see below.'
  )
  assert.ok(!headline(raceSample({ health: { verdict: 'warning', findings: [] } })).includes('INVALID'))
})

test('a race that did not finish says so in its first line', () => {
  assert.match(headline(raceSample({ status: 'cancelled' })), /The race was cancelled: the figures cover what ran until then\./)
  assert.match(headline(raceSample({ status: 'failed', error: 'a\u001b[31m\nb' })), /ended by an error \(a \[31m b\)/)
})

test('our throughput rows follow Elastic Rally’s, under their own labels', () => {
  const rows = summaryTable(raceSample()['results'] as JsonObject, { ...OPTIONS, format: 'csv', ownFigures: true }).split('\r\n')
  const at = rows.indexOf('Max Throughput,index,200.00,docs/s')
  assert.deepEqual(rows.slice(at + 1, at + 5), [
    'Min Throughput (per second),index,200.00,docs/s',
    'Mean Throughput (per second),index,200.00,docs/s',
    'Median Throughput (per second),index,200.00,docs/s',
    'Max Throughput (per second),index,200.00,docs/s'
  ])
  // Two full seconds: no minimum, median and maximum.
  assert.deepEqual(
    rows.filter((row) => /\(per second\),term/.test(row)),
    ['Mean Throughput (per second),term,8.00,ops/s']
  )
})

test('Elastic Rally’s rows are untouched by ours', () => {
  const results = raceSample()['results'] as JsonObject
  const rows = (ownFigures: boolean): readonly string[] => summaryTable(results, { ...OPTIONS, format: 'csv', ownFigures }).split('\r\n')
  assert.deepEqual(
    rows(true).filter((row) => !row.includes('(per second)')),
    rows(false)
  )
})

test('the account covers every task, shown or not, and balances', () => {
  const accounts = allTasks(raceSample()).flatMap((item) => accountOf(item) ?? [])
  assert.deepEqual(totalAccount(accounts), { started: 44, ok: 32, failed: 4, timed_out: 6, cancelled: 1, unknown: 1, retries: 2 })
  assert.ok(accounts.every(isBalanced))
  const text = details(raceSample())
  assert.match(text, /\| +create \| +1 \|/)
  assert.match(text, /\| +all tasks \| +\| +\| +\| +44 \| +32 \| +4 \| +6 \| +1 \| +1 \| +2 \|/)
  assert.ok(!text.includes('does not balance'))
})

test('an account that does not balance is said to', () => {
  const document = raceSample()
  const broken = JSON.parse(JSON.stringify(document).replace('"timed_out":6', '"timed_out":5')) as JsonObject
  assert.match(details(broken), /does not balance for term/)
})

test('errors are grouped by class with one answer each, and cannot reach the terminal', () => {
  const text = details(raceSample())
  assert.match(
    text,
    /## Errors\n\n- 6 × timeout \(term 6\)\n- 4 × http-429 \(term 4\): too many requests\n {2}answer: \{"error":" ?\[31mred"\}\n/
  )
  assert.ok(!text.includes('\u001b'))
})

test('figures with too little behind them are named', () => {
  const text = details(raceSample())
  assert.match(text, /- (\w+, )*term: fewer than three full seconds measured,/)
  assert.match(text, /- term: reached 8 of the target 10 ops\/s/)
  assert.match(text, /- index(, \w+)*: 90th percentile with few samples behind it \(20\)/)
})

test('the load generator’s verdict comes with its findings and advice', () => {
  const text = details(raceSample())
  assert.match(text, /Verdict invalid: the load generator did not keep up.*\nHTTP engine: lean\.\n\n/)
  assert.match(text, /event-loop delay p99 \| +31\.5 ms \| +20 ms \| worker 1 \| seconds 3 to 8 of step 2 \(index\) \| +over \|/)
  assert.match(text, /over, only a warning/)
  assert.match(text, /- event-loop delay p99 31\.5 ms, limit 20 ms, at worker 1, in seconds 3 to 8 of step 2 \(index\): use more workers/)
})

test('what the user was warned of stands in the report too', () => {
  assert.match(details(raceSample()), /## Warnings\n\n- the disk is slow\n/)
  assert.ok(!details(raceSample({ warnings: [] })).includes('## Warnings'))
})

test('the legend defines the words and says where the percentiles come from', () => {
  const text = details(raceSample())
  for (const words of [
    '- latency:',
    '- service time:',
    '- processing time:',
    '- Throughput (per second):',
    'histograms within 0.1 %',
    'Transport retries: 2,'
  ])
    assert.ok(text.includes(words), words)
})

test('markdown goes whole to stdout and file; CSV is pure, with the rest on stderr', () => {
  const markdown = reportTexts(raceSample(), OPTIONS)
  assert.match(
    markdown.stdout,
    /\/_\/ {3}\/_\/_\/ \/_\/\\__,_\/_\/.*\n[\s\S]*\| +Metric \|[\s\S]*\n\n\[WARNING\] Error rate is 55\.56 for operation 'term'[\s\S]*## Requests/
  )
  assert.ok(markdown.file.startsWith('Measured embedded') && markdown.file.includes('## Legend') && markdown.stderr === '')
  const csv = reportTexts(raceSample(), { ...OPTIONS, format: 'csv' })
  assert.ok(
    csv.stdout.startsWith('Metric,Task,Value,Unit\r\n') &&
      csv.stdout
        .trimEnd()
        .split('\r\n')
        .every((row) => row.split(',').length === 4)
  )
  assert.equal(csv.file, csv.stdout)
  assert.match(csv.stderr, /^Measured embedded[\s\S]*## Requests/)
})

test('without colours nothing in the report is an escape', () => {
  for (const format of ['markdown', 'csv', 'json'] as const) {
    const texts = reportTexts(raceSample(), { ...OPTIONS, format })
    assert.ok(!Object.values(texts).join('').includes('\u001b'), format)
  }
  assert.ok(reportTexts(raceSample(), { ...OPTIONS, color: true }).stdout.includes('\u001b[1m'))
})

test('a race of Elastic Rally has a table and warnings, and no sections', () => {
  const elastic = Object.fromEntries(Object.entries(raceSample()).filter(([key]) => key !== 'target'))
  assert.deepEqual([headline(elastic), details(elastic)], ['', ''])
  assert.match(reportTexts(elastic, OPTIONS).stdout, /\| +Metric \|/)
})

test('no stored document breaks a report', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (value) => {
      const odd = { results: value, target: { line: 'x' }, health: value, 'unreported-tasks': value, op_metrics: value } as JsonObject
      const nested = {
        ...odd,
        results: {
          op_metrics: [value, { errors: [value], account: value, throughput: value, latency: value, thin_percentiles: value }],
          disk_usage_total: [value]
        }
      } as JsonObject
      for (const document of [odd, nested])
        for (const format of ['markdown', 'csv', 'json'] as const) reportTexts(document, { ...OPTIONS, format, showInReport: 'all' })
    }),
    { numRuns: 50 }
  )
})
