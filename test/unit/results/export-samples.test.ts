import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exportSamples } from '../../../src/results/export-samples.ts'
import type { SampleRow } from '../../../src/results/merge-chunks.ts'

const ROW: SampleRow = {
  node: 'a',
  step: 1,
  task: 'search',
  sampleType: 'normal',
  client: 3,
  startedAtMs: 1_700_000_000_000,
  endOffsetMs: 1500.25,
  latencyMs: 2.5,
  serviceMs: 2,
  processingMs: 2.1,
  sendDelayMs: Number.NaN,
  weight: 500,
  unit: 'docs',
  error: null
}

async function* batches(...rows: SampleRow[]): AsyncGenerator<SampleRow[]> {
  for (const row of rows) yield [row]
}

async function textOf(text: AsyncIterable<string>): Promise<string> {
  let whole = ''
  for await (const piece of text) whole += piece
  return whole
}

test('ndjson: a sample a line, times in milliseconds, null for what there is none of', async () => {
  const text = await textOf(exportSamples(batches(ROW, { ...ROW, error: 'timeout', sendDelayMs: 0.5 }), { format: 'ndjson' }))
  const lines = text.trimEnd().split('\n').map((line) => JSON.parse(line) as object)
  const first = {
    timestamp: '2023-11-14T22:13:21.500Z',
    node: 'a',
    step: 1,
    task: 'search',
    'sample-type': 'normal',
    client: 3,
    'end-offset': 1500.25,
    latency: 2.5,
    'service-time': 2,
    'processing-time': 2.1,
    'send-delay': null,
    weight: 500,
    unit: 'docs',
    error: null
  }
  assert.deepEqual(lines, [first, { ...first, error: 'timeout', 'send-delay': 0.5 }])
})

test('csv: a header, empty cells for what there is none of, quotes where a name needs them', async () => {
  const text = await textOf(exportSamples(batches({ ...ROW, task: 'a "b", c' }), { format: 'csv' }))
  assert.equal(
    text,
    'timestamp,node,step,task,sample-type,client,end-offset,latency,service-time,processing-time,send-delay,weight,unit,error\n' +
      '2023-11-14T22:13:21.500Z,a,1,"a ""b"", c",normal,3,1500.25,2.5,2,2.1,,500,docs,\n'
  )
})

test("stamps count from the coordinator's start of the step where it is known", async () => {
  const starts = [null, 1_600_000_000_000]
  const text = await textOf(exportSamples(batches(ROW, { ...ROW, step: 0 }), { format: 'csv', stepStartsAtMs: starts }))
  assert.deepEqual(text.split('\n').slice(1, 3).map((line) => line.slice(0, 24)), ['2020-09-13T12:26:41.500Z', '2023-11-14T22:13:21.500Z'])
})

test('nobody who does not read makes it read on', async () => {
  let asked = 0
  async function* endless(): AsyncGenerator<SampleRow[]> {
    for (;;) {
      asked++
      yield [ROW]
    }
  }
  const text = exportSamples(endless(), { format: 'ndjson' })
  await text.next()
  await text.next()
  await text.return()
  assert.equal(asked, 2)
})
