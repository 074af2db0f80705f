// A coordinator's host and two load drivers' hosts on one bridge, with a target that notes who asked it when: where faults are made.

import assert from 'node:assert/strict'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { createClusterKey, exportNodeKey, importNodeKey, readKey } from '../../src/protocol/cluster-key.ts'
import { accountOf, MAIN, PATIENT_HEALTH, until, type Account, type RaceJson } from '../helpers/race-process.ts'
import { answerSearch, startStubCluster, type StubCluster } from '../helpers/stub-cluster.ts'
import { TestHosts, type Ended } from '../hosts/test-hosts.ts'
import { FleetRace } from './fleet-race.ts'

export const PORT = 1900
const RALLY = [process.execPath, join(process.cwd(), MAIN)]
const NODES = ['a', 'b'] as const
export type NodeName = (typeof NODES)[number]

export interface FleetSettings {
  /** Of each daemon, and so of the races it serves. */
  readonly environment?: Readonly<Record<string, string>>
}

export class Fleet {
  readonly hosts = new TestHosts()
  target!: StubCluster
  /** Requests of a host, and when the last one came, seconds of this process. */
  readonly #asked = new Map<string, { count: number; lastAt: number }>()

  static async open({ environment = {} }: FleetSettings = {}): Promise<Fleet> {
    const fleet = new Fleet()
    await fleet.hosts.up('c', ...NODES)
    const host = fleet.hosts.address('driver')
    fleet.target = await startStubCluster(() => undefined, {
      host,
      answer: ({ socket }, response) => {
        fleet.#note(socket.remoteAddress ?? '')
        setTimeout(() => answerSearch(response), 5)
      }
    })
    await fleet.#giveKeys()
    await Promise.all(NODES.map((name) => fleet.startDaemon(name, environment)))
    return fleet
  }

  async close(): Promise<void> {
    await this.hosts.close()
    await this.target.die()
  }

  /** The home of a host's root, as it sees it itself. */
  home(name: string): string {
    return join(this.hosts.root, name, 'fs/root')
  }

  /** Runs `rally` on a host to its end. */
  rally(name: string, ...line: readonly string[]): Promise<Ended> {
    return this.hosts.exec(name, [...RALLY, ...line])
  }

  async startDaemon(name: NodeName, environment: Readonly<Record<string, string>> = {}, program = RALLY): Promise<void> {
    const words = Object.entries(environment).map(([key, value]) => `${key}=${value}`)
    const { code, stderr } = await this.hosts.exec(name, [
      'env',
      ...words,
      ...program,
      'daemon',
      'start',
      `--node-name=${name}`,
      `--node-ip=${this.hosts.address(name)}`
    ])
    assert.equal(code, 0, stderr)
  }

  /** A race of four clients at forty requests a second on both nodes, for so many seconds. */
  race(seconds: number, ...flags: readonly string[]): FleetRace {
    const id = flags.find((flag) => flag.startsWith('--race-id='))?.slice('--race-id='.length) ?? 'r'
    const track = join(this.home('c'), 'track')
    mkdirSync(track, { recursive: true })
    writeFileSync(join(track, 'track.json'), JSON.stringify({ version: 2, description: 'faults', schedule: [taskOf(seconds)] }))
    const line = ['race', '--track-path=/root/track', `--target-hosts=${this.target.where}`, '--load-driver-hosts=a,b', ...flags]
    return new FleetRace(
      this,
      id,
      this.hosts.spawn('c', [...RALLY, ...line, ...(flags.some((flag) => flag.startsWith('--race-id=')) ? [] : ['--race-id=r'])])
    )
  }

  /** Requests of a node so far. */
  countFrom(name: NodeName): number {
    return this.#asked.get(this.hosts.address(name))?.count ?? 0
  }

  /** When a node's last request came, seconds of this process. */
  lastFrom(name: NodeName): number {
    return this.#asked.get(this.hosts.address(name))?.lastAt ?? 0
  }

  get isLoaded(): boolean {
    return NODES.every((name) => this.countFrom(name) >= 20)
  }

  /** Since the last request of either node so many seconds have gone by. Gives when it came. */
  async quiet(seconds: number, deadlineSeconds = 30): Promise<number> {
    const last = (): number => Math.max(...NODES.map((name) => this.lastFrom(name)))
    await until(() => process.uptime() - last() > seconds, 'the load goes on', deadlineSeconds * 1000)
    return last()
  }

  raceJson(id = 'r'): RaceJson {
    return JSON.parse(readFileSync(join(this.home('c'), '.rally/benchmarks/races', id, 'race.json'), 'utf8')) as RaceJson
  }

  /** Of the race's task, after the check that it balances. */
  account(id = 'r'): Account {
    return accountOf(this.raceJson(id), 'find')
  }

  /** Nothing but its daemon (where it has one) runs on any host: what a race began has ended. */
  async onlyDaemons(daemons: readonly NodeName[] = NODES): Promise<void> {
    const endAt = process.uptime() + 30
    for (const name of ['c', ...NODES]) {
      const allowed = daemons.includes(name as NodeName) ? 1 : 0
      for (let left = await this.hosts.processes(name); left.length > allowed; left = await this.hosts.processes(name)) {
        assert.ok(process.uptime() < endAt, `orphans on ${name}:\n${left.join('\n')}`)
        await wait(200)
      }
    }
  }

  /** Brings what the nodes keep of the race to the coordinator; gives the number of samples that are there then. */
  async pull(id = 'r'): Promise<number> {
    const pulled = await this.rally('c', 'results', 'pull', id)
    assert.equal(pulled.code, 0, pulled.stderr)
    const exported = await this.rally('c', 'results', 'export', id, '--format=csv', '--output-path=/root/samples.csv')
    assert.equal(exported.code, 0, exported.stderr)
    return (
      readFileSync(join(this.home('c'), 'samples.csv'), 'utf8')
        .trimEnd()
        .split('\n').length - 1
    )
  }

  /** Chunk files of the race on a node's disk. */
  chunksOn(name: NodeName): boolean {
    return existsSync(join(this.home(name), '.rally/node/r/chunks'))
  }

  #note(address: string): void {
    const asked = this.#asked.get(address) ?? { count: 0, lastAt: 0 }
    this.#asked.set(address, { count: asked.count + 1, lastAt: process.uptime() })
  }

  async #giveKeys(): Promise<void> {
    const file = (name: string): string => join(this.home(name), '.rally/cluster/key')
    for (const name of ['c', ...NODES]) mkdirSync(dirname(file(name)), { recursive: true, mode: 0o700 })
    await createClusterKey(file('c'), { replace: false })
    const stored = await readKey(file('c'))
    assert.ok(stored !== null)
    for (const name of NODES) await importNodeKey(file(name), exportNodeKey(stored.key, name), { replace: true })
    const nodes = NODES.map((name) => ({ name, host: this.hosts.address(name), port: PORT }))
    writeFileSync(join(this.home('c'), '.rally/cluster/inventory.json'), JSON.stringify({ nodes }))
    writeFileSync(join(this.home('c'), '.rally/rally.ini'), `[meta]\nconfig.version = 17\n\n${PATIENT_HEALTH}\n`)
  }
}

function taskOf(seconds: number): object {
  const operation = { name: 'find', 'operation-type': 'search', index: 'i', body: { query: { match_all: {} } } }
  // Of iterations: a machine that is busy with other things is late, but not a request short.
  return { name: 'find', operation, clients: 4, iterations: seconds * 10, 'target-throughput': 40 }
}
