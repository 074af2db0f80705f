import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseFault, printFault } from '../../../../src/embedded/calibration/fault.ts'

test('faults are read as they are printed', () => {
  for (const text of ['fail:status=429,share=0.5', 'hang:share=0.1,at=5', 'reset:', 'stall:at=3000,for=1400', 'fail:at=1,for=2']) {
    const fault = parseFault(text)
    assert.deepEqual(parseFault(printFault(fault)), fault)
  }
})

test('a fault befalls every request from the start to the end unless told otherwise', () => {
  assert.deepEqual(parseFault('fail'), { kind: 'fail', share: 1, atMs: 0, forMs: Number.POSITIVE_INFINITY, status: 500 })
})

test('what is no fault is told with the known ones', () => {
  for (const text of ['', 'explode', 'fail:share=2', 'fail:status=200', 'fail:status', 'fail:colour=1', 'hang:at=-1', 'stall:at=5', 'fail:share=x']) {
    assert.throws(() => parseFault(text), { message: `embedded node: fault "${text}" is not understood` }, text)
  }
})
