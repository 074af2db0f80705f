// Daemons as a user runs them: the built command, a home of its own for each.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer, type AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { createClusterKey, exportNodeKey, importNodeKey, readKey } from '../../src/protocol/cluster-key.ts'
import { rally, type Ended } from '../cli/run-rally.ts'

/** A home that goes with the tests of the file, and so does the daemon in it. */
export class DaemonHome {
  /** Short: the path of a socket has an end. */
  readonly folder = mkdtempSync(join(tmpdir(), 'rd-'))

  constructor() {
    after(async () => {
      await this.daemon('stop')
      rmSync(this.folder, { recursive: true, force: true })
    })
  }

  daemon(what: 'start' | 'stop' | 'restart' | 'status', ...flags: readonly string[]): Promise<Ended> {
    return rally(['daemon', what, ...flags], { home: this.folder })
  }

  /** Starts it; fails if it does not listen. */
  async start(...flags: readonly string[]): Promise<void> {
    const { code, stderr } = await this.daemon('start', ...flags)
    assert.equal(code, 0, stderr)
  }

  status(...flags: readonly string[]): Promise<Ended> {
    return rally(['status', ...flags], { home: this.folder })
  }

  path(...parts: readonly string[]): string {
    return join(this.folder, '.rally', ...parts)
  }

  get socket(): string {
    return this.path('node', '.daemon.sock')
  }

  get keyFile(): string {
    return this.path('cluster', 'key')
  }

  get log(): string {
    return readFileSync(this.path('logs', 'daemon.log'), 'utf8')
  }

  get pid(): number {
    return (JSON.parse(readFileSync(this.path('daemon.pid'), 'utf8')) as { process: { pid: number } }).process.pid
  }

  /** What bootstrap would write. */
  inventory(nodes: readonly { readonly name: string; readonly host: string; readonly port: number }[]): void {
    writeFileSync(this.path('cluster', 'inventory.json'), JSON.stringify({ nodes }))
  }

  async makeClusterKey(): Promise<void> {
    await createClusterKey(this.keyFile, { replace: false })
  }

  /** Gives the home of node `name` its key, as `rally cluster key export … | import` does. */
  async keyFor(name: string, home: DaemonHome): Promise<void> {
    const stored = await readKey(this.keyFile)
    assert.ok(stored !== null)
    await importNodeKey(home.keyFile, exportNodeKey(stored.key, name), { replace: true })
  }
}

/** A port that is free on every loopback address, as far as one can tell. */
export async function freePort(): Promise<number> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, resolve))
  const { port } = server.address() as AddressInfo
  await new Promise((resolve) => server.close(resolve))
  return port
}
