import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { JsonObject } from '../../../src/core/json.ts'
import { parseJson } from '../../../src/core/json-parse.ts'
import { objectAt, objectsAt, textAt } from '../../../src/core/json-path.ts'
import { finalScore } from '../../../src/report/banner.ts'
import { summaryTable, summaryWarnings, type SummaryOptions } from '../../../src/report/summary.ts'
import { assertSameText, exactVectors, failuresOf } from '../../exact-vectors.ts'

const races = exactVectors('results.json').filter(({ kind }) => kind === 'race')

/** Where we answer on purpose and Elastic Rally fails, by its error. */
const DEVIATIONS: readonly (readonly [error: RegExp, reason: string])[] = [
  [/^must be real number, not NoneType$/, '--show-in-report=all shows an empty cell for a throughput that is missing instead of crashing'],
  [/^Unknown report format/, 'the command line refuses an unknown format before the race']
]

function optionsOf(variant: JsonObject): SummaryOptions {
  return {
    format: variant['format'] as 'markdown' | 'csv',
    numbersAlign: (textAt(variant, 'align') ?? 'decimal') as SummaryOptions['numbersAlign'],
    showInReport: (textAt(variant, 'values') ?? 'available') as SummaryOptions['showInReport'],
    showProcessingTime: String(variant['processing_time'] ?? false) === 'true',
    ownFigures: false
  }
}

const resultsOf = (expected: unknown): JsonObject => objectAt(parseJson(String((expected as JsonObject)['race_json'])), 'results')

test('the summary is Elastic Rally’s, byte for byte, on the console and in the file', () => {
  assert.ok(races.length > 0)
  assert.deepEqual(
    failuresOf(races, ({ expected }) => {
      const results = resultsOf(expected)
      for (const summary of objectsAt(expected, 'summary')) {
        const error = textAt(summary, 'error')
        if (error !== null) {
          assert.ok(
            DEVIATIONS.some(([known]) => known.test(error)),
            `an error we know no reason for: ${error}`
          )
          continue
        }
        const options = optionsOf(objectAt(summary, 'variant'))
        const table = summaryTable(results, options)
        assertSameText(table, textAt(summary, 'file') ?? '')
        const warnings = summaryWarnings(results).map((warning) => `[WARNING] ${warning}\n`)
        const console = textAt(summary, 'console')
        if (console !== null) assertSameText(`${finalScore(true)}${table}\n${warnings.join('')}`, console)
      }
    }),
    []
  )
})

test('all rows are shown even when a throughput is missing', () => {
  const crashing = races.filter(({ expected }) =>
    objectsAt(expected, 'summary').some((summary) => /NoneType/.test(textAt(summary, 'error') ?? ''))
  )
  for (const { expected } of crashing) {
    const all = summaryTable(resultsOf(expected), { ...optionsOf({ format: 'csv' }), showInReport: 'all' })
    assert.match(all, /\r\nMin Throughput,[^,]+,,\r\n/)
    assert.match(all, /\r\nTotal ZGC Pauses GC count,,/)
  }
})
