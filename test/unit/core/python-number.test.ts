import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { JsonNumber } from '../../../src/core/json.ts'
import { fixedText, generalText, isPythonFloat, pythonFloat, pythonText } from '../../../src/core/python-number.ts'

test('a whole float keeps its point, an int has none', () => {
  assert.equal(pythonText(94), '94')
  assert.equal(pythonText(pythonFloat(94)), '94.0')
  assert.equal(pythonText(new JsonNumber('9007199254740993')), '9007199254740993')
  assert.ok(isPythonFloat(pythonFloat(0)) && !isPythonFloat(0) && isPythonFloat(0.5))
})

test('floats are printed with Python’s exponents', () => {
  const texts = [1e16, 123456789012345680, 1e-4, 1e-5, 1.5e-7, -0, 1e22, 1234567.5].map((value) => pythonText(pythonFloat(value)))
  assert.deepEqual(texts, ['1e+16', '1.2345678901234568e+17', '0.0001', '1e-05', '1.5e-07', '-0.0', '1e+22', '1234567.5'])
})

test('printed floats read back to the same double', () => {
  fc.assert(
    fc.property(fc.double({ noNaN: true, noDefaultInfinity: true }), (value) => {
      assert.ok(Object.is(Number(pythonText(pythonFloat(value))), value))
    })
  )
})

test('fixed digits round ties to even, exactly', () => {
  assert.deepEqual(
    [0.125, 0.375, 2.5, 3.5, 1.005, -0.125].map((value) => fixedText(value, 2)),
    ['0.12', '0.38', '2.50', '3.50', '1.00', '-0.12']
  )
  assert.deepEqual(
    [0.5, 1.5, 2.5].map((value) => fixedText(value, 0)),
    ['0', '2', '2']
  )
  assert.equal(fixedText(1e22, 1), '10000000000000000000000.0')
  assert.equal(fixedText(-1e-9, 5), '-0.00000')
})

test('fixed digits agree with toFixed wherever there is no tie', () => {
  fc.assert(
    fc.property(fc.double({ min: -1e9, max: 1e9, noNaN: true }), fc.integer({ min: 1, max: 6 }), (value, digits) => {
      fc.pre(!Number.isInteger(value * 2 ** 24) && !Object.is(value, -0))
      assert.equal(fixedText(value, digits), value.toFixed(digits))
    })
  )
})

test('general format keeps six significant digits', () => {
  const values = [38089.53, 1234567.89, 0, 999999.5, 999999.4, 1e-5, 0.0001, 100000, 1e22, 1000.125, -0.5, Number.NaN, -Infinity, 2.0576]
  const texts = [
    '38089.5',
    '1.23457e+06',
    '0',
    '1e+06',
    '999999',
    '1e-05',
    '0.0001',
    '100000',
    '1e+22',
    '1000.12',
    '-0.5',
    'nan',
    '-inf',
    '2.0576'
  ]
  assert.deepEqual(values.map(generalText), texts)
})
