// The files channel over real sockets: what is cut, changed, damaged, too large, or asked for without right.

import assert from 'node:assert/strict'
import { randomBytes } from 'node:crypto'
import { appendFileSync, existsSync, mkdirSync, readFileSync, rmSync, statSync, symlinkSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test, type TestContext } from 'node:test'
import type { RaceObserver } from '../../src/coordinator/race-request.ts'
import { RallyError } from '../../src/core/errors.ts'
import { hashFile } from '../../src/files/hash-file.ts'
import { spanOf } from '../../src/files/pieces.ts'
import type { Connection } from '../../src/protocol/connection.ts'
import type { FilesAnswer, FilesRequest } from '../../src/protocol/transfer-messages.ts'
import { announced, offered, openFileChannel, type FileChannel } from '../helpers/file-channel.ts'
import { buildOperation, buildTask, buildTrack } from '../helpers/build-track.ts'
import { until } from '../helpers/race-process.ts'
import { runSchedule } from '../helpers/run-schedule.ts'
import { ShakyNode } from '../helpers/shaky-node.ts'
import { startStubCluster } from '../helpers/stub-cluster.ts'
import { filesOn, smallDisk } from '../helpers/small-disk.ts'

const MIB = 1024 * 1024

function writeRandom(channel: FileChannel, bytes: number): string {
  const at = join(channel.folder, 'documents.json')
  writeFileSync(at, randomBytes(bytes))
  return at
}

test('a file that is cut off again and again is resumed, not restarted', async (t) => {
  const channel = await openFileChannel(t)
  const at = writeRandom(channel, 12 * MIB)
  const file = await offered(channel, at)
  channel.proxy.set({ dropAfterBytes: 5 * MIB, direction: 'to-server' })
  channel.service.open()
  const path = await channel.kept.bring(file, [])
  assert.ok(readFileSync(path).equals(readFileSync(at)))
  // In base64 it is 16 MiB.
  assert.ok(channel.connections() >= 4, `${channel.connections()} connections`)
  // Each byte came once: what the node says of its progress ends with the file's own size, and never went back.
  assert.equal(channel.told.at(-1), 'fetching c/documents.json, 12.0MB of 12.0MB')
  assert.ok(channel.server.sentBytes < 2 * file.bytes + channel.connections() * MIB, `${channel.server.sentBytes} bytes were sent`)
})

test('only the pieces that are needed are sent; the next race asks only for what is new to it', async (t) => {
  const channel = await openFileChannel(t)
  const at = writeRandom(channel, 10 * 65_536 + 5)
  const first = await offered(channel, at, [0, 10])
  channel.service.open()
  const path = await channel.kept.bring(first, [])
  assert.equal(channel.server.sentBytes, 65_536 + 5)
  assert.equal(statSync(path).size, 10 * 65_536 + 5)
  await channel.kept.bring(await offered(channel, at, [0, 3, 10]), [])
  assert.equal(channel.server.sentBytes, 2 * 65_536 + 5)
  const [from, to] = spanOf(3, first)
  assert.ok(readFileSync(path).subarray(from, to).equals(readFileSync(at).subarray(from, to)))
})

test('what a process had that was killed is found again by its checksums; what was damaged meanwhile is not', async (t) => {
  const channel = await openFileChannel(t)
  const at = writeRandom(channel, 8 * 65_536)
  const file = await offered(channel, at)
  const whole = readFileSync(at)
  mkdirSync(join(channel.keeps, file.id), { recursive: true })
  const data = Buffer.alloc(whole.length)
  whole.copy(data, 0, 0, 4 * 65_536)
  data[65_536] = data[65_536]! ^ 1
  writeFileSync(join(channel.keeps, file.id, 'data'), data)
  channel.service.open()
  assert.ok(readFileSync(await channel.kept.bring(file, [])).equals(whole))
  assert.equal(channel.server.sentBytes, 5 * 65_536)
})

test('a copy of the node’s own is used where it is the same, and left alone where it is not', async (t) => {
  const channel = await openFileChannel(t)
  const at = writeRandom(channel, 200_000)
  const file = await offered(channel, at)
  const own = join(channel.folder, 'own.json')
  writeFileSync(own, readFileSync(at))
  channel.service.open()
  assert.ok(readFileSync(await channel.kept.bring(file, [join(channel.folder, 'none'), own])).equals(readFileSync(at)))
  assert.equal(channel.server.sentBytes, 0)
  const other = randomBytes(200_000)
  writeFileSync(own, other)
  assert.ok(readFileSync(await channel.kept.bring(file, [own])).equals(readFileSync(at)))
  assert.equal(channel.server.sentBytes, 200_000)
  assert.ok(readFileSync(own).equals(other))
})

test('a link in the place of a kept file is not written through', async (t) => {
  const channel = await openFileChannel(t)
  const at = writeRandom(channel, 100_000)
  const file = await offered(channel, at)
  const victim = join(channel.folder, 'victim')
  writeFileSync(victim, Buffer.alloc(100_000))
  mkdirSync(join(channel.keeps, file.id), { recursive: true })
  symlinkSync(victim, join(channel.keeps, file.id, 'data'))
  channel.service.open()
  assert.ok(readFileSync(await channel.kept.bring(file, [])).equals(readFileSync(at)))
  assert.ok(readFileSync(victim).equals(Buffer.alloc(100_000)))
})

test('a file that is changed at the coordinator meanwhile is one clear error', async (t) => {
  const channel = await openFileChannel(t)
  const at = writeRandom(channel, 300_000)
  const file = await offered(channel, at)
  appendFileSync(at, 'more')
  channel.service.open()
  await assert.rejects(channel.kept.bring(file, []), { kind: 'corpus', message: 'c/documents.json has been changed at the coordinator since the race began' })
})

test('a file that is gone at the coordinator meanwhile is named, with the cause', async (t) => {
  const channel = await openFileChannel(t)
  const at = writeRandom(channel, 300_000)
  const file = await offered(channel, at)
  rmSync(at)
  channel.service.open()
  await assert.rejects(channel.kept.bring(file, []), { kind: 'corpus', message: /^c\/documents\.json cannot be read at the coordinator any more: ENOENT/ })
})

test('bytes that are not those of the checksum are asked for once more, and then refused', async (t) => {
  const channel = await openFileChannel(t)
  const at = writeRandom(channel, 100_000)
  const real = await hashFile(at, { memory: null, signal: channel.abort.signal })
  const hashes = ['ab'.repeat(32), real.hashes[1]!]
  channel.server.offer({ ...real, hashes }, 'c/documents.json', [0, 1])
  channel.service.open()
  await assert.rejects(channel.kept.bring(announced({ ...real, hashes }, 'c/documents.json'), []), {
    kind: 'corpus',
    message: 'what comes of c/documents.json from the coordinator is not what it announced: its checksum is wrong, twice'
  })
  assert.ok(channel.server.sentBytes >= 2 * 65_536)
})

test('a node without room says so with its name, the file, and the sizes, before the first byte', async (t) => {
  const disk = smallDisk(t)
  if (disk === null) return
  const channel = await openFileChannel(t, { keeps: join(disk.path, 'node') })
  const file = await offered(channel, writeRandom(channel, 3 * MIB))
  channel.service.open()
  await assert.rejects(channel.kept.bring(file, []), (error) => {
    assert.ok(error instanceof RallyError && error.kind === 'disk')
    assert.match(error.message, new RegExp(`^node b: no space left for c/documents\\.json: it needs ${3 * MIB} bytes in \\[${disk.path}/node\\], \\d+ bytes are free$`))
    return true
  })
  assert.equal(channel.server.sentBytes, 0)
  // Room is made of what no race has used for longest.
  const small = await offered(channel, writeRandom(channel, 600_000))
  await channel.kept.bring(small, [])
  const next = await openFileChannel(t, { keeps: join(disk.path, 'node') })
  const other = await offered(next, writeRandom(next, 700_000))
  next.service.open()
  assert.ok(existsSync(await next.kept.bring(other, [])))
  assert.deepEqual(filesOn(join(disk.path, 'node')).filter((name) => name.endsWith('data')), [`${other.id}/data`])
})

test('a node that hears nothing from the coordinator names it, the file, and how long', async (t) => {
  const channel = await openFileChannel(t, { silenceMs: 300 })
  const file = await offered(channel, writeRandom(channel, 100_000))
  const silent = { kind: 'node', message: 'nothing of c/documents.json has come from the coordinator for 0.3 s' }
  await assert.rejects(channel.kept.bring(file, []), silent)
  channel.proxy.set({ stallAfterBytes: 20_000, direction: 'to-server' })
  channel.service.open()
  await assert.rejects(channel.kept.bring(file, []), silent)
})

test('a connection that hangs is told of after three seconds, and replaced by one that goes on where it was', async (t) => {
  const channel = await openFileChannel(t, { hangsAfterMs: 3600 })
  const at = writeRandom(channel, 100_000)
  const file = await offered(channel, at)
  // In base64 with all around it they are 134,000: what is left for the second connection passes.
  channel.proxy.set({ stallAfterBytes: 100_000, direction: 'to-server' })
  channel.service.open()
  assert.ok(readFileSync(await channel.kept.bring(file, [])).equals(readFileSync(at)))
  assert.match(channel.told.join('\n'), /^fetching c\/documents\.json, \d+\.\dKB of 97\.7KB, nothing from the coordinator for 3 s$/m)
  assert.ok(channel.connections() >= 2)
  // Not again from its first byte.
  assert.ok(channel.server.sentBytes < 200_000, `${channel.server.sentBytes}`)
})

test('a race that is cancelled ends the fetching, and what has come is kept', async (t) => {
  const channel = await openFileChannel(t)
  const file = await offered(channel, writeRandom(channel, 8 * MIB))
  channel.proxy.set({ stallAfterBytes: 3 * MIB, direction: 'to-server' })
  channel.service.open()
  const brought = channel.kept.bring(file, [])
  await until(() => channel.told.length > 10, 'nothing comes')
  channel.abort.abort('the user cancelled the race')
  await assert.rejects(brought, { kind: 'cancelled' })
  const record = JSON.parse(readFileSync(join(channel.keeps, file.id, 'record.json'), 'utf8')) as { pieces: number[] }
  assert.ok(record.pieces.length > 0 && record.pieces.length < file.pieces.length)
})

test('a node that asks for a file that is not of the race gets nothing, and no other connection', async (t) => {
  const peers: Connection<FilesRequest, FilesAnswer>[] = []
  const heard: FilesAnswer[] = []
  const channel = await openFileChannel(t, {
    accept: (peer) => {
      peers.push(peer)
      peer.onMessage((answer) => heard.push(answer))
      peer.send({ t: 'want', sha256: 'cd'.repeat(32), offset: 0 })
    }
  })
  await offered(channel, writeRandom(channel, 1000))
  channel.service.open()
  await until(() => (peers[0]?.closeReason ?? null) !== null, 'its connection stays open')
  assert.equal(peers[0]?.closeReason, 'the other side closed the connection: it asks for a file that is not of this race')
  assert.deepEqual(channel.warnings, ['node b: it asks for a file that is not of this race: it is sent no more files'])
  assert.deepEqual([heard, channel.server.sentBytes, peers.length], [[], 0, 1])
})

test('a coordinator that sends what was not asked for, or not in its place, is hung up on', async (t) => {
  const sha256 = 'ef'.repeat(32)
  const file = { path: 'c/x', bytes: 10, id: sha256, pieceBytes: 65_536, pieces: [[0, sha256] as const] }
  const wrong: readonly (readonly [FilesAnswer, RegExp])[] = [
    [{ t: 'end', sha256: 'ab'.repeat(32) }, /end of a piece that was not asked for/],
    [{ t: 'data', sha256, offset: 3, base64: 'AAAA' }, /bytes 3 to 6 of a piece came where byte 0 of 10 was due/],
    [{ t: 'data', sha256, offset: 0, base64: Buffer.alloc(11).toString('base64') }, /bytes 0 to 11 of a piece came where byte 0 of 10 was due/],
    [{ t: 'end', sha256 }, /a piece ended after 0 of 10 bytes/]
  ]
  for (const [answer, words] of wrong) await hungUpOn(t, file, { answer, words })
})

test('a connection that breaks while the coordinator still brings the corpora is opened anew, and the race goes on', async (t) => {
  const target = await startStubCluster((end) => t.after(end))
  const node = new ShakyNode('b')
  t.after(() => node.session.end('the test is over'))
  const supply = async (tell: (what: string) => void): Promise<null> => {
    tell('downloading documents.json of corpus c')
    await until(() => node.said.some(({ t: type }) => type === 'pong'), 'no answer to a ping')
    node.hangUp()
    await until(() => node.connections === 2, 'no other connection')
    return null
  }
  const waits: (string | null)[] = []
  const progress: RaceObserver['progress'] = ({ waitingFor }) => void waits.push(waitingFor)
  const track = buildTrack([buildTask(buildOperation('search', { index: 'i', body: {} }), { iterations: 3 })])
  const { result } = await runSchedule({ track, target: { host: '127.0.0.1', port: target.port }, nodes: [node.connect()], supply, observer: { progress } })
  assert.equal(result.phase, 'done', String(result.error))
  assert.equal(target.requests.length, 3)
  assert.ok(waits.includes('downloading documents.json of corpus c'))
})

async function hungUpOn(t: TestContext, file: ReturnType<typeof announced>, { answer, words }: { answer: FilesAnswer; words: RegExp }): Promise<void> {
  const channel = await openFileChannel(t, { silenceMs: 20_000 })
  const brought = channel.kept.bring(file, [])
  const coordinator = await channel.dial()
  await new Promise<void>((resolve) => coordinator.onMessage(() => resolve()))
  coordinator.send(answer)
  await until(() => coordinator.closeReason !== null, 'its connection stays open')
  assert.match(coordinator.closeReason ?? '', words)
  channel.abort.abort('over')
  await assert.rejects(brought, { kind: 'cancelled' })
}
