// sleep: no request; its wait is its service time.

import { numberOf } from '../core/json.ts'
import { defineOperation, done } from './define-operation.ts'

export const sleep = defineOperation<{ readonly durationMs: number }>({
  name: 'sleep',
  isAdmin: true,
  isRetried: false,

  encode({ duration }) {
    return { durationMs: (numberOf(duration) ?? Number(duration)) * 1000 }
  },

  async execute(client, { durationMs }, context) {
    client.markSent()
    await context.sleep(durationMs)
    client.markEnd()
    return done(0)
  }
})
