import assert from 'node:assert/strict'
import test from 'node:test'
import fc from 'fast-check'
import type { JsonValue } from '../../../src/core/json.ts'
import { toTemplateValue } from '../../../src/jinja/value.ts'
import { JinjaError, render } from '../../../src/jinja/render.ts'
import { DATE_FILTERS } from '../../../src/track/date-filters.ts'
import { formatMoment, parseMoment } from '../../../src/track/strftime.ts'
import { vectorsOf } from './vectors.ts'

test('date filters answer as Elastic Rally’s', (t) => {
  let checked = 0
  for (const { kind, name, input, expected, error } of vectorsOf('units-format.json', t)) {
    const filter = DATE_FILTERS[kind ?? '']
    if (filter === undefined) continue
    checked++
    const args = (input['args'] as readonly JsonValue[]).map(toTemplateValue)
    const answer = (): unknown => filter(args, new Map())
    if (error === undefined) assert.deepEqual(answer(), expected, name)
    else assert.throws(answer, (thrown) => thrown instanceof JinjaError && thrown.message === error, name)
  }
  assert.ok(checked > 10)
})

test('of two dates that are none, the first is told', () => {
  const told = (source: string): string => {
    try {
      return render(source, { globals: {}, filters: DATE_FILTERS })
    } catch (error) {
      return String(error)
    }
  }
  assert.match(told('{{ "x" | days_ago("y") }}'), /time data 'x'/)
  assert.match(told('{{ "2024" | get_start_date }}'), /strptime\(\) argument 2 must be str, not None/)
})

test('templates may give their arguments by name', () => {
  const text = (source: string): string => render(source, { globals: {}, filters: DATE_FILTERS })
  assert.equal(text('{{ "2024/03/01" | days_ago("2024/02/28", date_format="%Y/%m/%d") }}'), '-2')
  assert.equal(
    text('{{ 1700000000.75 | get_end_date(duration_days=1.5, date_format="%d.%m.%y %H:%M:%S.%f") }}'),
    '16.11.23 10:13:20.750000'
  )
  for (const wrong of [
    '{{ 1.0 | days_ago }}',
    '{{ 1.0 | get_start_date(x=1) }}',
    '{{ 1.0 | get_start_date("%Y", date_format="%Y") }}',
    '{{ 1e300 | get_start_date }}',
    '{{ "x" | get_start_date }}',
    '{{ 1.0 | get_end_date("1") }}'
  ]) {
    assert.throws(() => text(wrong), JinjaError, wrong)
  }
})

test('a date that was printed is read back', () => {
  fc.assert(
    fc.property(fc.date({ min: new Date('1970-01-01'), max: new Date('9999-12-31T23:59:59Z'), noInvalidDate: true }), (date) => {
      const seconds = Math.floor(date.getTime() / 1000)
      for (const format of ['%Y-%m-%d %H:%M:%S', '%d %B %Y %I:%M:%S %p', '%j %Y %H.%M.%S', '%a %d %b %Y %H:%M:%S %z']) {
        const text = formatMoment({ date: new Date(seconds * 1000), microseconds: 0 }, format)
        assert.equal(parseMoment(text, format), seconds * 1e6, `${text} ${format}`)
      }
    })
  )
})

test('what is no date, and a format that is none, say so in Python’s words', () => {
  assert.deepEqual(parseMoment('31-02-2024', '%d-%m-%Y'), { problem: 'day is out of range for month' })
  assert.deepEqual(parseMoment('1-1-2024x', '%d-%m-%Y'), { problem: 'unconverted data remains: x' })
  assert.deepEqual(parseMoment('1', '%q'), { problem: "'q' is a bad directive in format '%q'" })
  assert.deepEqual(parseMoment('1', '1%'), { problem: "stray % in format '1%'" })
  assert.deepEqual(parseMoment('(', '[%d'), { problem: "time data '(' does not match format '[%d'" })
})
