import assert from 'node:assert/strict'
import { test } from 'node:test'
import { TruthLog } from '../../../../src/embedded/calibration/truth-log.ts'

test('each answer is a line of offsets from the start, below a line that counts them', () => {
  const log = new TruthLog(1000)
  log.add(1001.5, 1006.25, 4.7, 200)
  log.add(1002, 1002.123_46, 0, 0)
  assert.equal(log.toText(), '{"startMs":1000,"requests":2,"dropped":0}\n[1.5,6.25,4.7,200]\n[2,2.1235,0,0]\n')
})

test('more requests than fit into one block are kept in order; a cleared log is empty', () => {
  const log = new TruthLog(0)
  for (let request = 0; request < 70_000; request++) log.add(request, request + 1, 1, 200)
  const lines = log.toText().split('\n')
  assert.equal(lines.length, 70_002)
  assert.equal(lines[69_999], '[69998,69999,1,200]')
  log.clear()
  assert.equal(log.toText(), '{"startMs":0,"requests":0,"dropped":0}\n')
})
