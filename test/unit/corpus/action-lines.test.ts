import assert from 'node:assert/strict'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import fc from 'fast-check'
import { RallyError } from '../../../src/core/errors.ts'
import { seededRandom } from '../../../src/core/random.ts'
import { ConflictingLines, constantActionLine, type Conflicts } from '../../../src/corpus/action-lines.ts'
import { BulkReader, planBulks } from '../../../src/corpus/bulk-reader.ts'
import { shuffledIds } from '../../../src/corpus/id-order.ts'
import { checkBulk } from '../../../src/operation/bulk-settings.ts'
import { bulkOperation, trackFromJson } from '../../corpora-from-json.ts'
import { vectors } from '../../vectors.ts'

interface LinesCase {
  readonly kind: string
  readonly name: string
  readonly input: {
    readonly ids: string[] | null
    readonly index: string
    readonly n: number
    readonly on_conflict: string
    readonly probability: number | null
    readonly recency: number | null
    readonly uniforms: number[]
    readonly use_create: boolean
  }
  readonly expected?: { readonly constant: boolean; readonly lines: ([string, string] | 'StopIteration')[] }
  readonly error?: string
}

interface StructureCase {
  readonly kind: string
  readonly input: { clients: number; files: Record<string, string>; params: Record<string, unknown>; track: Record<string, unknown> }
  readonly expected: {
    client: number
    docs_sent: number
    smallest_legal_id: string
    largest_legal_id: string
    first_action: string
    actions_used: string[]
  }[]
}

test('action lines are those of Elastic Rally', () => {
  const cases = vectors<LinesCase>('bulk-bounds.json').filter(({ kind }) => kind === 'action-meta')
  assert.ok(cases.length > 0)
  for (const { name, input, expected } of cases) {
    if (expected === undefined) assert.throws(() => linesOf(input), RallyError, name)
    else assert.deepEqual(linesOf(input), expected.lines, name)
  }
})

function linesOf(input: LinesCase['input']): unknown[] {
  const { ids, index, n, use_create: isDataStream } = input
  if (ids === null) {
    const line = constantActionLine(index, isDataStream).toString()
    return Array.from({ length: n }, () => [isDataStream ? 'create' : 'index', line])
  }
  if (input.on_conflict !== 'index' && input.on_conflict !== 'update')
    throw new RallyError('track', 'refused when the operation is checked')
  const conflicts: Conflicts = {
    order: 'sequential',
    probabilityPercent: input.probability ?? 0,
    onConflict: input.on_conflict,
    recency: input.recency ?? 0
  }
  let at = 0
  const random = (): number => input.uniforms[at++ % input.uniforms.length]!
  const lines = new ConflictingLines({ target: index, isDataStream, conflicts, ids: (k) => Number(ids[k]), idCount: ids.length, random })
  const made: unknown[] = []
  while (made.length < n) {
    const line = lines.next()
    made.push(line === null ? 'StopIteration' : [line.action, line.line])
    if (line === null) break
  }
  return made
}

const folder = mkdtempSync(join(tmpdir(), 'rally-conflicts-'))
after(() => rmSync(folder, { recursive: true }))

test('ids stay in the range of their client and repeat, whatever the seed', () => {
  const cases = vectors<StructureCase>('bulk-bounds.json').filter(({ kind }) => kind === 'conflict-structure')
  assert.ok(cases.length > 0)
  for (const { input, expected } of cases) {
    for (const [file, content] of Object.entries(input.files)) writeFileSync(join(folder, file), content)
    const { settings, corpora } = checkBulk(trackFromJson(input.track), bulkOperation(input.params), input.clients)
    for (const facts of expected) {
      const plan = planBulks(settings, corpora, { first: facts.client, last: facts.client, clients: input.clients })
      const random = seededRandom('seed', facts.client)
      const reader = new BulkReader(plan, { pathOf: (_corpus, file) => join(folder, file), randomFor: () => random })
      const actions: string[] = []
      const ids: string[] = []
      for (let bulk = reader.next(); bulk !== null; bulk = reader.next()) {
        for (const match of bulk.body.toString().matchAll(/^\{"(index|update)": \{"_index": "idx", "_id": "(\d{10})"\}\}$/gm)) {
          actions.push(match[1]!)
          ids.push(match[2]!)
        }
      }
      assert.equal(ids.length, facts.docs_sent)
      assert.ok(ids.every((id) => id >= facts.smallest_legal_id && id <= facts.largest_legal_id))
      assert.ok(new Set(ids).size < ids.length)
      assert.equal(actions[0], facts.first_action)
      assert.deepEqual([...new Set(actions)].sort(), facts.actions_used)
    }
  }
})

test('shuffled ids are the same ids in another order', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 3000 }), fc.nat(1_000_000), fc.string(), (count, offset, seed) => {
      const idAt = shuffledIds(offset, count, seededRandom(seed))
      const ids = Array.from({ length: count }, (_, k) => idAt(k)).sort((a, b) => a - b)
      assert.deepEqual(
        ids,
        Array.from({ length: count }, (_, k) => offset + k)
      )
    })
  )
  const idAt = shuffledIds(0, 100_000, seededRandom('x'))
  const risen = Array.from({ length: 99_999 }, (_, k) => idAt(k + 1) > idAt(k)).filter(Boolean).length
  assert.ok(Math.abs(risen - 50_000) < 1000, `${risen} of 99,999 neighbours in order`)
})
