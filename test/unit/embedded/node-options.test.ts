import assert from 'node:assert/strict'
import { test } from 'node:test'
import { parseFault } from '../../../src/embedded/calibration/fault.ts'
import { fromFlags, toFlags, type EmbeddedNodeOptions } from '../../../src/embedded/node-options.ts'

test('options survive the way through the flags of a process', () => {
  const options: EmbeddedNodeOptions = {
    port: 39_200,
    host: '127.0.0.1',
    logFile: '/tmp/log',
    delay: { kind: 'bimodal', lowMs: 5, highMs: 50, highShare: 0.1 },
    queue: 'fifo',
    faults: [parseFault('stall:at=3000,for=1400'), parseFault('fail:status=429,share=0.1')],
    seed: 'a',
    answers: 'fixed',
    truthFile: '/tmp/truth'
  }
  assert.deepEqual(fromFlags(toFlags(options)), options)
  assert.deepEqual(fromFlags([]), { port: 0, host: '127.0.0.1', seed: '0', faults: [] })
})

test('a wrong flag is told with its value', () => {
  assert.throws(() => fromFlags(['--port=70000']), { message: 'embedded node: --port=70000 is no port' })
  assert.throws(() => fromFlags(['--queue=lifo']), { message: 'embedded node: --queue=lifo: expected one of concurrent, fifo' })
  assert.throws(() => fromFlags(['--colour=red']), /embedded node: .*colour/)
})
