import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { Inbox, Outbox } from '../../../src/protocol/outbox.ts'

interface Word {
  readonly word: number
}

test('over connections that lose, repeat and break, everything arrives once and in order', () => {
  const fate = fc.constantFrom('arrives', 'lost', 'twice', 'acknowledged', 'new connection')
  fc.assert(
    fc.property(fc.array(fate, { maxLength: 80 }), (fates) => {
      const outbox = new Outbox<Word>()
      const inbox = new Inbox()
      const heard: number[] = []
      const arrive = (message: Word & { readonly seq: number }): void => {
        if (inbox.takes(message)) heard.push(message.word)
      }
      for (const [word, how] of fates.entries()) {
        const message = outbox.add({ word })
        if (how === 'arrives' || how === 'twice') arrive(message)
        if (how === 'twice') arrive(message)
        if (how === 'acknowledged') outbox.acknowledged(inbox.last)
        if (how === 'new connection') for (const open of outbox.open()) arrive(open)
      }
      for (const open of outbox.open()) arrive(open)
      assert.deepEqual(heard, fates.map((_, word) => word))
      outbox.acknowledged(inbox.last)
      assert.deepEqual(outbox.open(), [])
      assert.equal(outbox.last, fates.length)
    })
  )
})
