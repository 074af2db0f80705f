import assert from 'node:assert/strict'
import { test } from 'node:test'
import { pythonFloat, type PythonNumber } from '../../../src/core/python-number.ts'
import {
  SIZE_UNITS,
  bytesIn,
  bytesInOwnUnit,
  countText,
  durationText,
  msToMinutes,
  msToSeconds,
  secondsToMs,
  sizeText,
  sizeUnit,
  type SizeUnit
} from '../../../src/core/units.ts'
import type { JsonValue } from '../../../src/core/json.ts'
import { canonical, exactVectors, failuresOf } from '../../exact-vectors.ts'

type Convert = (value: PythonNumber) => unknown

const float =
  (convert: (value: number) => number): Convert =>
  (value) =>
    pythonFloat(convert(Number(value)))

const KINDS: Readonly<Record<string, Convert>> = {
  seconds_to_ms: float(secondsToMs),
  ms_to_seconds: float(msToSeconds),
  ms_to_minutes: float(msToMinutes),
  bytes_to_kb: float((size) => bytesIn('KB', size)),
  bytes_to_mb: float((size) => bytesIn('MB', size)),
  bytes_to_gb: float((size) => bytesIn('GB', size)),
  bytes_to_human_value: float(bytesInOwnUnit),
  bytes_to_human_unit: (size) => sizeUnit(Number(size)),
  'pretty.size': (size) => sizeText(Number(size)),
  'pretty.throughput': (size) => `${sizeText(Number(size))}/s`,
  'pretty.number': countText,
  'pretty.duration': (seconds) => durationText(Number(seconds))
}

/** Inputs that our types exclude: Elastic Rally answers None or N/A to None, and takes an unknown unit for bytes. */
const isExcluded = (args: readonly JsonValue[]): boolean =>
  args.at(-1) === null || (args.length === 2 && !SIZE_UNITS.includes(args[0] as SizeUnit))

const cases = exactVectors('units-format.json')

for (const [kind, convert] of Object.entries(KINDS)) {
  test(`${kind} gives Elastic Rally's digits`, () => {
    const mine = cases.filter((vector) => vector.kind === kind && !isExcluded(vector.input['args'] as readonly JsonValue[]))
    assert.ok(mine.length > 0)
    assert.deepEqual(
      failuresOf(mine, ({ input, expected }) => {
        const [value] = input['args'] as readonly PythonNumber[]
        assert.equal(canonical(convert(value ?? 0)), canonical(expected))
      }),
      []
    )
  })
}

test('bytes_to_unit gives Elastic Rally’s digits', () => {
  const mine = cases.filter((vector) => vector.kind === 'bytes_to_unit' && !isExcluded(vector.input['args'] as readonly JsonValue[]))
  assert.ok(mine.length > 0)
  assert.deepEqual(
    failuresOf(mine, ({ input, expected }) => {
      const [unit, size] = input['args'] as readonly [SizeUnit, PythonNumber]
      assert.equal(canonical(pythonFloat(bytesIn(unit, Number(size)))), canonical(expected))
    }),
    []
  )
})
