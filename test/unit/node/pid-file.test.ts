import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { claimPidFile, findDaemon } from '../../../src/node/pid-file.ts'
import { descendantsOf, identityOf, isRunning } from '../../../src/node/process-table.ts'
import { holderOf } from '../../../src/node/port-holder.ts'
import { until } from '../../helpers/race-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'rally-pid-'))
after(() => rmSync(folder, { recursive: true, force: true }))

const settings = { nodeName: 'a', nodeIp: null, port: 1900, coordinator: null }

test('a pid file belongs to one process until that lets it go, and says whose it is', async () => {
  const file = join(folder, 'one.pid')
  const claim = await claimPidFile(file)
  assert.equal(findDaemon(file), null)
  await assert.rejects(claimPidFile(file), /just starting/)
  await claim.write({ startedAtMs: 1, settings, listensAt: 'here' })
  assert.equal(findDaemon(file)?.process.pid, process.pid)
  await assert.rejects(claimPidFile(file), new RegExp(`daemon of node a runs already \\(pid ${process.pid}, at here\\)`))
  await claim.release()
  await (await claimPidFile(file)).release()
})

test('a file of somebody else, or an empty one, is nobody, and is taken over', async () => {
  const file = join(folder, 'two.pid')
  for (const text of ['', '4711\n', '{"process":{}}']) {
    writeFileSync(file, text)
    assert.equal(findDaemon(file), null)
  }
  const claim = await claimPidFile(file)
  await claim.write({ startedAtMs: 1, settings, listensAt: 'here' })
  assert.ok(findDaemon(file) !== null)
  await claim.release()
})

test('a process is itself only with its start and its boot, and no more once it has ended', async () => {
  const child = spawn('sh', ['-c', 'sleep 600 & wait'])
  await until(() => descendantsOf(child.pid ?? 0).length === 1, 'it has no child')
  const identity = identityOf(child.pid ?? 0)
  assert.ok(identity !== null && isRunning(identity))
  assert.ok(!isRunning({ ...identity, startTicks: identity.startTicks + 1 }))
  assert.ok(!isRunning({ ...identity, bootId: 'another' }))
  const [grandchild] = descendantsOf(child.pid ?? 0)
  assert.ok(grandchild !== undefined)
  process.kill(grandchild.pid, 'SIGKILL')
  await once(child, 'exit')
  assert.ok(!isRunning(identity) && !isRunning(grandchild))
})

test('of a port that nobody listens on, no holder is made up', () => {
  assert.match(holderOf(1), /only its user, or root, can see/)
})
