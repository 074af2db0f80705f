import assert from 'node:assert/strict'
import { readFileSync, readlinkSync } from 'node:fs'
import { test } from 'node:test'
import { wakeOnTime } from '../../../src/core/timer-slack.ts'

test('on Linux a thread that asks for it is woken without slack; elsewhere it is told that it cannot be', () => {
  const isOnTime = wakeOnTime()
  if (process.platform !== 'linux') {
    assert.equal(isOnTime, false)
    return
  }
  const thread = readlinkSync('/proc/thread-self').split('/').at(-1)
  assert.equal(isOnTime, readFileSync(`/proc/${thread}/timerslack_ns`, 'latin1').trim() === '1')
})
