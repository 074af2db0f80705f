// Daemons on loopback addresses, for benchmarks: each with a home of its own, as machines have.

import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KnownNode } from '../../src/node/known-nodes.ts'
import { createClusterKey, exportNodeKey, importNodeKey, readKey, type StoredKey } from '../../src/protocol/cluster-key.ts'
import { MAIN, PATIENT_HEALTH } from '../helpers/race-process.ts'

export class BenchDaemons {
  /** Of the coordinator and of all nodes, `home/<name>`. */
  readonly root = mkdtempSync(join(tmpdir(), 'rb-'))
  readonly known: KnownNode[] = []
  key!: StoredKey
  #port = 0

  static async open(count: number): Promise<BenchDaemons> {
    const daemons = new BenchDaemons()
    daemons.#port = await freePort()
    await createClusterKey(daemons.keyFile('c'), { replace: false })
    daemons.key = (await readKey(daemons.keyFile('c')))!
    for (let number = 1; number <= count; number++) await daemons.#add(`n${number}`, `127.0.0.${number + 1}`)
    const nodes = daemons.known.map(({ node, address }) => ({ name: node, ...address }))
    writeFileSync(join(daemons.home('c'), '.rally/cluster/inventory.json'), JSON.stringify({ nodes }))
    writeFileSync(join(daemons.home('c'), '.rally/rally.ini'), `[meta]\nconfig.version = 17\n\n${PATIENT_HEALTH}\n`)
    return daemons
  }

  home(name: string): string {
    return join(this.root, name)
  }

  pid(name: string): number {
    return (JSON.parse(readFileSync(join(this.home(name), '.rally/daemon.pid'), 'utf8')) as { process: { pid: number } }).process.pid
  }

  /** Starts `rally race` on all nodes; the track has one task. */
  race(id: string, task: object, where: string): ChildProcess {
    const track = join(this.home('c'), 'track')
    mkdirSync(track, { recursive: true })
    writeFileSync(join(track, 'track.json'), JSON.stringify({ version: 2, description: 'bench', schedule: [task] }))
    const hosts = this.known.map(({ node }) => node).join(',')
    const line = [
      MAIN,
      'race',
      `--race-id=${id}`,
      `--track-path=${track}`,
      `--target-hosts=${where}`,
      `--load-driver-hosts=${hosts}`,
      '--quiet'
    ]
    return spawn(process.execPath, line, { env: this.#environment('c'), stdio: ['ignore', 'ignore', 'inherit'] })
  }

  close(): void {
    for (const { node } of this.known) spawnSync(process.execPath, [MAIN, 'daemon', 'stop'], { env: this.#environment(node) })
    rmSync(this.root, { recursive: true, force: true })
  }

  async #add(name: string, host: string): Promise<void> {
    await importNodeKey(this.keyFile(name), exportNodeKey(this.key.key, name), { replace: true })
    const flags = [`--node-name=${name}`, `--node-ip=${host}`, `--port=${this.#port}`]
    const { status, stderr } = spawnSync(process.execPath, [MAIN, 'daemon', 'start', ...flags], {
      env: this.#environment(name),
      encoding: 'utf8'
    })
    if (status !== 0) throw new Error(stderr)
    this.known.push({ node: name, address: { host, port: this.#port }, seenMs: null, weight: 1 })
  }

  keyFile(name: string): string {
    const folder = join(this.home(name), '.rally/cluster')
    mkdirSync(folder, { recursive: true, mode: 0o700 })
    return join(folder, 'key')
  }

  #environment(name: string): Record<string, string> {
    return { PATH: process.env['PATH'] ?? '', HOME: this.home(name) }
  }
}

async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
