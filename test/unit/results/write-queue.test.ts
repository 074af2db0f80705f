import assert from 'node:assert/strict'
import { setImmediate as turn } from 'node:timers/promises'
import { test } from 'node:test'
import { WriteQueue } from '../../../src/results/write-queue.ts'

test('writes happen one after another, in the order in which they were added', async () => {
  const said: string[] = []
  const queue = new WriteQueue((error) => said.push(String(error)))
  for (const name of ['a', 'b', 'c']) {
    const write = async (): Promise<void> => {
      said.push(`${name} begins`)
      await turn()
      said.push(`${name} ends`)
    }
    queue.add(write, () => said.push(`${name} done`))
  }
  assert.deepEqual(said, [])
  await queue.settled()
  assert.deepEqual(
    said,
    ['a', 'b', 'c'].flatMap((name) => [`${name} begins`, `${name} ends`, `${name} done`])
  )
})

test('after a write that fails no other is begun, its error is told once, and nobody waits for ever', async () => {
  const failures: unknown[] = []
  const done: string[] = []
  const queue = new WriteQueue((error) => failures.push(error))
  const full = new Error('the disk is full')
  let later = 0
  queue.add(
    () => Promise.reject(full),
    () => done.push('first')
  )
  queue.add(
    () => Promise.resolve(void later++),
    () => done.push('second')
  )
  await queue.settled()
  queue.add(
    () => Promise.reject(new Error('again')),
    () => done.push('third')
  )
  await queue.settled()
  assert.deepEqual(failures, [full])
  assert.equal(later, 0)
  assert.deepEqual(done, ['first', 'second', 'third'])
})
