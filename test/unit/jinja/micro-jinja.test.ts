import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { describe, it } from 'node:test'
import { JinjaError, render, type JinjaFunction } from '../../../src/jinja/render.ts'
import { PyFloat } from '../../../src/jinja/value.ts'

interface MicroCase {
  readonly g: string
  readonly t: string
  readonly e: { readonly ok?: string; readonly err?: string }
}

const cases = JSON.parse(readFileSync('test/fixtures/micro-jinja.json', 'utf8')) as MicroCase[]

/** Elastic Rally's filter, for texts like `15-05-1998`. */
const daysAgo: JinjaFunction = ([from, to]) => {
  const [day = 0, month = 0, year = 0] = String(from).split('-').map(Number)
  const end = to instanceof PyFloat ? to.value * 1000 : 0
  return Math.floor((end - Date.UTC(year, month - 1, day)) / 86_400_000)
}

void describe('one-line templates give what Jinja 3.1.6 gives', () => {
  for (const { g, t, e } of cases) {
    void it(`${g}: ${t}`, () => {
      const globals = { f: new PyFloat(1), y: [], now: new PyFloat(1_700_000_000) }
      const run = (): string => render(t, { globals, filters: { days_ago: daysAgo } })
      if (e.ok !== undefined) assert.equal(run(), e.ok)
      else assert.throws(run, (error) => error instanceof JinjaError && `${error.type}: ${error.message}` === e.err)
    })
  }
})
