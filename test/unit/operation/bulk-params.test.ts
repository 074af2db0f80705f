import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { RallyError } from '../../../src/core/errors.ts'
import { BulkReader, planBulks, type Bulk } from '../../../src/corpus/bulk-reader.ts'
import { elasticBulkParams } from '../../../src/operation/bulk-params.ts'
import { checkBulk, type CheckedBulk } from '../../../src/operation/bulk-settings.ts'
import { bulkOperation, trackFromJson } from '../../corpora-from-json.ts'
import { vectors } from '../../vectors.ts'

interface PartitionExpectation {
  readonly partitions: number[]
  readonly bulks: unknown[]
  readonly ended: 'StopIteration' | 'limit'
  readonly infinite: boolean
  readonly percent_completed: number[]
  readonly total_bulks: number
}

interface BulksCase {
  readonly kind: string
  readonly name: string
  readonly input: {
    readonly clients: number
    readonly files: Record<string, string>
    readonly params: Record<string, never>
    readonly track: Record<string, unknown>
    readonly groups?: number[][]
    readonly limit?: number
    readonly show?: 'summary'
    readonly uniforms?: number[]
  }
  readonly expected?: PartitionExpectation[]
  readonly error?: string
}

/** Where we say something else than Elastic Rally on purpose. */
const DEVIATIONS: Readonly<Record<string, { reason: string; words: RegExp }>> = {
  'multi-corpora-filter-indices-string': {
    reason: "Python's TypeError, told as what it is",
    words: /'indices' is the text \[b\].*write a list/
  }
}

const folder = mkdtempSync(join(tmpdir(), 'rally-bulks-'))
after(() => rmSync(folder, { recursive: true }))

const cases = vectors<BulksCase>('bulk-bounds.json').filter(({ kind }) => kind === 'bulks')
assert.ok(cases.length > 0)

for (const { name, input, expected, error } of cases) {
  test(`bulks are those of Elastic Rally: ${name}`, () => {
    const check = (): CheckedBulk => checkBulk(trackFromJson(input.track), bulkOperation(input.params), input.clients)
    if (expected === undefined) return assertSaysTheSame(check, name, error ?? '')
    for (const [file, content] of Object.entries(input.files)) writeFileSync(join(folder, file), content)
    for (const partition of expected) checkPartition(check(), input, partition)
  })
}

test('a bulk without bulk-size is refused, also by the name of its parameter source', () => {
  const corpora = [{ name: 'c', documents: [{ 'document-count': 10, 'source-file': 'd.json' }] }]
  const track = trackFromJson({ corpora, indices: [{ name: 'index47' }] })
  for (const paramSource of [null, 'file-reader']) {
    const operation = { ...bulkOperation({}), paramSource }
    assertSaysTheSame(() => checkBulk(track, operation, 1), 'without bulk-size', "Mandatory parameter 'bulk-size' is missing")
  }
})

test('all mistakes of a bulk operation are told at once', () => {
  const track = trackFromJson({
    indices: [{ name: 'i' }],
    corpora: [{ name: 'c', documents: [{ 'source-file': 'd.json', 'document-count': 5 }] }]
  })
  const params = {
    'bulk-size': 'many',
    conflicts: 'some',
    'on-conflict': 'delete',
    recency: 2,
    refresh: 'soon',
    'ingest-percentage': 0,
    corpora: 'x'
  }
  assert.throws(
    () => checkBulk(track, bulkOperation(params, 'load'), 1),
    (thrown: unknown) => {
      assert.ok(thrown instanceof RallyError)
      assert.equal(thrown.message, 'operation [load] has 7 mistakes')
      assert.deepEqual(
        thrown.problems.map((problem) => Object.keys(params).find((key) => problem.includes(`'${key}'`)) ?? 'corpora').sort(),
        Object.keys(params).sort()
      )
      return true
    }
  )
})

/** Numbers and quoted names of Elastic Rally's message must be in ours. */
function assertSaysTheSame(check: () => unknown, name: string, error: string): void {
  const deviation = DEVIATIONS[name]
  assert.throws(check, (thrown: unknown) => {
    assert.ok(thrown instanceof RallyError)
    const ours = [thrown.message, ...thrown.problems].join('\n')
    if (deviation !== undefined) assert.match(ours, deviation.words)
    else for (const fact of factsIn(error)) assert.ok(ours.includes(fact), `${fact} is missing in ${ours}`)
    return true
  })
}

function factsIn(message: string): string[] {
  return (message.match(/'[\w-]+'|-?\w*\d[\w.-]*/g) ?? []).map((fact) => fact.replaceAll(/'|\.$/g, ''))
}

function checkPartition({ settings, corpora }: CheckedBulk, input: BulksCase['input'], expected: PartitionExpectation): void {
  const clients = expected.partitions.toSorted((a, b) => a - b)
  const plan = planBulks(settings, corpora, { first: clients[0]!, last: clients.at(-1)!, clients: input.clients })
  const reader = new BulkReader(plan, {
    pathOf: (_corpus, file) => join(folder, file),
    randomFor: () => uniformsOf(input.uniforms),
    ...(input.uniforms === undefined ? {} : { shuffle: (offset, count) => (k) => offset + count - 1 - k }),
    shortFile: 'stop',
    finalNewline: false
  })
  const bulks: unknown[] = []
  const percent: number[] = []
  let ended = 'limit'
  while (bulks.length < (input.limit ?? Infinity)) {
    const bulk = reader.next()
    if (bulk === null) {
      ended = 'StopIteration'
      break
    }
    bulks.push(shown(input, bulk, bulks.length === 0))
    percent.push(reader.percentCompleted())
  }
  reader.close()
  assert.deepEqual(bulks, expected.bulks)
  assert.equal(ended, expected.ended)
  assert.deepEqual(percent.length === 0 ? [] : [percent[0], percent.at(-1)], expected.percent_completed)
  assert.equal(plan.totalBulks, expected.total_bulks)
}

function shown(input: BulksCase['input'], bulk: Bulk, first: boolean): unknown {
  const params = elasticBulkParams(input.params, bulk)
  const body = bulk.body.toString()
  if (input.show === 'summary') return [params['index'], params['bulk-size'], body.split('\n').length - 1]
  if (first) return { ...params, body }
  return { index: params['index'], 'bulk-size': params['bulk-size'], body }
}

/** Wraps round; begins anew for each file. */
function uniformsOf(uniforms: readonly number[] | undefined): () => number {
  if (uniforms === undefined) return Math.random
  let at = 0
  return () => uniforms[at++ % uniforms.length]!
}
