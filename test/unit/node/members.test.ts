import assert from 'node:assert/strict'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { Members, readMembers } from '../../../src/node/members.ts'
import type { Connection } from '../../../src/protocol/connection.ts'
import type { MemberAnswer, MemberReport } from '../../../src/protocol/status-messages.ts'
import { until } from '../../helpers/race-process.ts'

const folder = mkdtempSync(join(tmpdir(), 'rally-members-'))
after(() => rmSync(folder, { recursive: true, force: true }))

/** A daemon that dialled the coordinator's, from its side of the connection. */
class Dialler {
  readonly answers: MemberAnswer[] = []
  closeReason: string | null = null
  readonly #seen: { message: (report: MemberReport) => void; close: (reason: string) => void } = { message: () => {}, close: () => {} }

  dial(members: Members, identity: string | null, remote = '10.0.0.9:5000'): this {
    const side = {
      remote,
      onMessage: (listen: (report: MemberReport) => void) => (this.#seen.message = listen),
      onClose: (listen: (reason: string) => void) => (this.#seen.close = listen),
      send: (answer: MemberAnswer) => this.answers.push(answer),
      close: (reason: string) => this.hangUp(reason),
      get closeReason(): string | null {
        return null
      }
    }
    members.accept(side as unknown as Connection<MemberAnswer, MemberReport>, identity)
    return this
  }

  report(node: string, host: string, port = 1900): void {
    this.#seen.message({ t: 'member', seq: this.answers.length + 1, node, host, port })
  }

  hangUp(reason = 'gone'): void {
    this.closeReason = reason
    this.#seen.close(reason)
  }
}

test('a node speaks for itself only: not with the key of another, and not while another has its name', () => {
  const members = new Members(join(folder, 'one.json'), () => {})
  const a = new Dialler().dial(members, 'a')
  a.report('a', '10.0.0.2')
  assert.deepEqual(
    members.list.map(({ node, host, isConnected }) => [node, host, isConnected]),
    [['a', '10.0.0.2', true]]
  )
  const liar = new Dialler().dial(members, 'b')
  liar.report('a', '10.0.0.66')
  assert.match(liar.closeReason ?? '', /has the key of node b, and says it is a/)
  const twin = new Dialler().dial(members, 'a')
  twin.report('a', '10.0.0.3')
  assert.match(twin.closeReason ?? '', /another daemon is called a, at 10\.0\.0\.2:1900/)
  a.hangUp()
  assert.equal(members.list[0]?.isConnected, false)
  const moved = new Dialler().dial(members, 'a')
  moved.report('a', '10.0.0.3')
  assert.deepEqual(
    members.list.map(({ host, isConnected }) => [host, isConnected]),
    [['10.0.0.3', true]]
  )
})

test('a daemon on all addresses is known by the one it came from', () => {
  const members = new Members(join(folder, 'two.json'), () => {})
  new Dialler().dial(members, 'a', '10.0.0.9:5000').report('a', '0.0.0.0', 1901)
  assert.deepEqual(
    members.list.map(({ host, port }) => `${host}:${port}`),
    ['10.0.0.9:1901']
  )
})

test('who was known is known to the next daemon, and to a command without one', async () => {
  const file = join(folder, 'three.json')
  const members = new Members(file, () => {})
  const a = new Dialler().dial(members, 'a')
  a.report('a', '10.0.0.2')
  new Dialler().dial(members, 'b').report('b', '10.0.0.3')
  await until(() => readMembers(file).length === 2, 'they are not kept')
  assert.deepEqual(
    new Members(file, () => {}).list.map(({ node, isConnected }) => [node, isConnected]),
    [
      ['a', false],
      ['b', false]
    ]
  )
})
