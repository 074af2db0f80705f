import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import fc from 'fast-check'
import { systemClock } from '../../src/core/clock.ts'
import { TransportError } from '../../src/target/request.ts'
import { createTargetClient } from '../../src/target/target-client.ts'
import type { HttpEngine } from '../../src/target/target-options.ts'
import { rawServer, type RawAnswer, type RawServer } from '../helpers/raw-server.ts'
import { mutations, mutated, splitAt, validAnswers } from '../unit/target/any-answer.ts'
import { plainOptions } from '../unit/target/plain-options.ts'

let current: RawAnswer = { pieces: [], then: 'end' }
let server: RawServer
before(async () => {
  server = await rawServer(() => current)
})
after(() => server.close())

interface Told {
  /** Status and body. */
  readonly answer: string | null
  readonly failure: string | null
}

async function ask(engine: HttpEngine, answer: RawAnswer): Promise<Told> {
  current = answer
  const client = createTargetClient(plainOptions([server.port], { engine }), systemClock)
  try {
    const { status, body } = await client.send({ method: 'GET', path: '/', body: null, keep: 'all' })
    return { answer: `${status} ${body.toString('latin1')}`, failure: null }
  } catch (error) {
    assert.ok(error instanceof TransportError, String(error))
    assert.notEqual(error.failure, 'timeout', 'it hung')
    return { answer: null, failure: error.failure }
  } finally {
    await client.close()
  }
}

const cuts = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 6 })

test('both engines read any valid answer as it was meant, however it is cut', async () => {
  await fc.assert(
    fc.asyncProperty(validAnswers, cuts, async ({ bytes, status, body }, at) => {
      const answer: RawAnswer = { pieces: splitAt(bytes, at), then: 'end' }
      for (const engine of ['lean', 'undici'] as const) assert.equal((await ask(engine, answer)).answer, `${status} ${body}`, engine)
    }),
    { numRuns: 60 }
  )
})

test('a damaged answer is never taken for a good one by lean where undici refuses it, and nothing hangs', async () => {
  let refused = 0
  await fc.assert(
    fc.asyncProperty(validAnswers, mutations, cuts, async ({ bytes }, changes, at) => {
      const broken = mutated(bytes, changes)
      const answer: RawAnswer = { pieces: splitAt(broken, at), then: 'end' }
      const [lean, undici] = [await ask('lean', answer), await ask('undici', answer)]
      if (lean.answer === null) refused++
      // What undici does not understand and lean does: answer-cases.ts.
      if (/HTTP\/\d\.\d 100/.test(broken)) return
      assert.equal(lean.answer, undici.answer)
      for (const { failure } of [lean, undici]) assert.ok(failure === null || failure === 'reset' || failure === 'other', failure ?? '')
    }),
    { numRuns: 250 }
  )
  assert.ok(refused > 40, `${refused} of 250 were refused: the damage is too small to tell`)
})
