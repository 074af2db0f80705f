// Four machines as README's chapter "Several load drivers" has them, made by its very commands: a, b and c wait for races, `coord` is
// the coordinator, and `x:9200` is the real server, which is reached through the bridge between them.

import assert from 'node:assert/strict'
import { appendFileSync, chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { PATIENT_HEALTH } from '../helpers/race-process.ts'
import { openProxy, type Proxy } from '../hosts/proxy.ts'
import { TestHosts, type Ended } from '../hosts/test-hosts.ts'

export const COORDINATOR = 'coord'
export const DRIVERS = ['a', 'b', 'c'] as const
const PORT = 1900
const MAIN = join(process.cwd(), 'dist-test/src/cli/main.js')

export class ReadmeFleet {
  readonly #programs = mkdtempSync(join(tmpdir(), 'rally-programs-'))
  readonly hosts = new TestHosts({ sshd: true, programs: this.#programs })
  #server: Proxy | null = null
  /** The way from the coordinator to c, which a test can make bad; the daemons' own words take the straight one. */
  #wayToC: Proxy | null = null

  static async open(serverPort: number): Promise<ReadmeFleet> {
    const fleet = new ReadmeFleet()
    try {
      await fleet.#build(serverPort)
    } catch (error) {
      await fleet.close()
      throw error
    }
    return fleet
  }

  async close(): Promise<void> {
    await this.#server?.close()
    await this.#wayToC?.close()
    await this.hosts.close()
    rmSync(this.#programs, { recursive: true, force: true })
  }

  /** A line as a person types it on the coordinator; it must end with this code. */
  async types(line: string, code = 0): Promise<Ended> {
    const ended = await this.hosts.exec(COORDINATOR, ['bash', '-o', 'pipefail', '-c', line], { timeoutMs: 120_000 })
    assert.equal(ended.code, code, `${line}\n${ended.stdout}${ended.stderr}`)
    return ended
  }

  /** The home of a host's root, from outside. */
  home(name: string): string {
    return join(this.hosts.root, name, 'home/root')
  }

  /** From now on the coordinator finds c behind a network of which a test says how bad it is. */
  async badWayToC(): Promise<Proxy> {
    this.#wayToC = await openProxy({ target: { host: this.hosts.address('c'), port: PORT }, host: this.hosts.address('driver') })
    const nodes = [{ name: 'c', host: this.#wayToC.host, port: this.#wayToC.port }]
    writeFileSync(join(this.home(COORDINATOR), '.rally/cluster/inventory.json'), JSON.stringify({ nodes }))
    return this.#wayToC
  }

  async #build(serverPort: number): Promise<void> {
    for (const [name, words] of Object.entries({ rally: '', rallyd: ' daemon' })) {
      const program = join(this.#programs, name)
      writeFileSync(program, `#!/bin/sh\nexec '${process.execPath}' --enable-source-maps '${MAIN}'${words} "$@"\n`)
      chmodSync(program, 0o755)
    }
    chmodSync(this.#programs, 0o755)
    await this.hosts.up(COORDINATOR, ...DRIVERS)
    const bridge = this.hosts.address('driver')
    for (const name of [COORDINATOR, ...DRIVERS]) appendFileSync(join(this.hosts.root, name, 'etc/hosts'), `${bridge} x\n`)
    this.#server = await openProxy({ target: { host: '127.0.0.1', port: serverPort }, host: bridge, port: 9200 })
  }

  /** Server, load drivers and tests share the cores here: whether the load generator keeps up is not what is asked. */
  isPatient(): void {
    writeFileSync(join(this.home(COORDINATOR), '.rally/rally.ini'), `[meta]\nconfig.version = 17\n\n${PATIENT_HEALTH}\n`)
  }

  /** State by node, as `rally status` has it. */
  async states(): Promise<Record<string, string>> {
    const { stdout } = await this.hosts.exec(COORDINATOR, ['rally', 'status', '--json'])
    const { nodes } = JSON.parse(stdout) as { readonly nodes: readonly { readonly node: string; readonly state: string }[] }
    return Object.fromEntries(nodes.map(({ node, state }) => [node, state]))
  }
}
