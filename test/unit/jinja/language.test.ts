// The language on its own, beyond what the fixtures use. What must come out was made by Jinja2 3.1.6 on Python 3
// (scripts/make-jinja-cases.py), line numbers of errors included. On purpose not here: `autoescape`, complex numbers,
// addresses of objects, and what Jinja itself gets wrong (the order of text around `include … without context` in a block).

import assert from 'node:assert/strict'
import { readFileSync } from 'node:fs'
import { test } from 'node:test'
import { JinjaError, render } from '../../../src/jinja/render.ts'

interface Case {
  readonly group: string
  readonly template: string
  readonly globals?: Readonly<Record<string, unknown>>
  readonly files?: Readonly<Record<string, string>>
  readonly ok?: string
  /** `Type: message` */
  readonly err?: string
  readonly line?: number
}

const cases = JSON.parse(readFileSync('test/unit/jinja/cases.json', 'utf8')) as Case[]

function outcome({ template, globals = {}, files = {} }: Case): Pick<Case, 'ok' | 'err' | 'line'> {
  try {
    return { ok: render(template, { globals, load: (name) => files[name] ?? null }) }
  } catch (error) {
    if (!(error instanceof JinjaError)) throw error
    return { err: `${error.type}: ${error.message}`, ...(error.line === null ? {} : { line: error.line }) }
  }
}

for (const group of new Set(cases.map((one) => one.group))) {
  test(`${group}: as Jinja`, () => {
    for (const one of cases.filter((each) => each.group === group)) {
      const { ok, err, line } = one
      assert.deepEqual({ ...outcome(one) }, ok === undefined ? { err, line } : { ok }, one.template)
    }
  })
}
