// Hosts for tests, made of namespaces by hosts.sh: each has its own network, processes, files in its homes, and name.

import assert from 'node:assert/strict'
import { spawn, spawnSync, type ChildProcess } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const SCRIPT = 'test/hosts/hosts.sh'

/** No call of hosts.sh takes longer, unless it runs somebody's command. */
const CALL_DEADLINE_MS = 60_000

export interface HostSettings {
  readonly sshd?: boolean
  readonly users?: readonly string[]
  /** A folder of programs that every command finds first, also one that comes by SSH. */
  readonly programs?: string
  /** Of the file system that holds the homes. */
  readonly diskMb?: number
}

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface ExecOptions {
  readonly user?: string
  readonly timeoutMs?: number
}

/** Why this machine cannot make hosts; null: it can. */
export function whyNoHosts({ sshd = false }: HostSettings = {}): string | null {
  if (process.platform !== 'linux') return 'hosts are made of Linux namespaces'
  if (process.getuid?.() !== 0) return 'hosts are made of namespaces: that needs root'
  for (const [program, debianPackage] of [
    ['ip', 'iproute2'],
    ['unshare', 'util-linux'],
    ['perl', 'perl-base'],
    ...(sshd ? [['sshd', 'openssh-server']] : [])
  ] as const)
    if (spawnSync('sh', ['-c', `command -v ${program}`]).status !== 0) return `the program ${program} is missing: install ${debianPackage}`
  const tried = spawnSync('unshare', ['-n', '-m', '-p', '-u', '-i', '-f', 'true'], { encoding: 'utf8' })
  return tried.status === 0 ? null : `namespaces are not allowed here: ${tried.stderr.trim()}`
}

/** A set of hosts on a bridge of its own; several sets may be up at a time. */
export class TestHosts {
  /** `root/<name>/home`, `root/<name>/fs`: the hosts' files, from outside. */
  readonly root = mkdtempSync(join(tmpdir(), 'rally-hosts-'))
  readonly #settings: HostSettings
  readonly #environment: Record<string, string>

  constructor(settings: HostSettings = {}) {
    this.#settings = settings
    // A bridge, a network and names for each set: tests run beside each other, and beside those of other checkouts.
    const id = (process.pid * 8 + count++) % 32_768
    const net = `10.${100 + (id >> 8)}.${id & 255}`
    this.#environment = { RH_PREFIX: `r${id.toString(36)}`, RH_BRIDGE: `r${id.toString(36)}-br`, RH_NET: net }
  }

  async up(...names: readonly string[]): Promise<void> {
    const { sshd = false, users = [], programs, diskMb } = this.#settings
    const size = diskMb === undefined ? {} : { DISK_MB: String(diskMb) }
    const share = [process.cwd(), dirname(dirname(process.execPath)), ...(programs === undefined ? [] : [programs])].join(' ')
    await this.#call(['up', this.root, ...names], { SSHD: sshd ? '1' : '', USERS: users.join(' '), SHARE: share, ...size })
  }

  /** Of a host, or of the machine itself ("driver"). */
  address(name: string): string {
    if (name === 'driver') return `${this.#environment['RH_NET']}.254`
    const line = readFileSync(join(this.root, 'hosts.list'), 'utf8')
      .split('\n')
      .find((one) => one.endsWith(` ${name}`))
    assert.ok(line !== undefined, `no host ${name}`)
    return `${this.#environment['RH_NET']}.${line.split(' ')[0]}`
  }

  /** Runs a command in a host to its end. */
  async exec(name: string, line: readonly string[], { user, timeoutMs = CALL_DEADLINE_MS }: ExecOptions = {}): Promise<Ended> {
    return this.#run(['exec', this.root, name, ...(user === undefined ? [] : ['-u', user]), ...line], {}, timeoutMs)
  }

  /** Starts a command in a host. Signals reach it through the process; a kill ends it. */
  spawn(name: string, line: readonly string[]): ChildProcess {
    return spawn('bash', [SCRIPT, 'exec', this.root, name, ...line], { env: this.#env({}), stdio: ['ignore', 'pipe', 'pipe'] })
  }

  /** `drop`: packets are lost without a word; `down`: the cable is pulled. */
  async link(name: string, state: 'up' | 'down' | 'drop', ...peers: readonly string[]): Promise<void> {
    await this.#call(['link', this.root, name, state, ...peers])
  }

  /** Signals the processes of a host whose command line matches (an extended regular expression); gives their ids as seen from outside. */
  async kill(name: string, pattern: string, signal: 'KILL' | 'TERM' | 'STOP' | 'CONT' = 'KILL'): Promise<number[]> {
    const { stdout } = await this.#call(['kill', this.root, name, pattern, signal])
    return stdout.trim().split('\n').map(Number)
  }

  /** Of every process of a host but its init: `outer-pid inner-pid state command`. */
  async processes(name: string): Promise<string[]> {
    const { stdout } = await this.#call(['pids', this.root, name])
    return stdout.split('\n').filter((line) => line !== '')
  }

  async freeze(name: string): Promise<void> {
    await this.#call(['freeze', this.root, name])
  }

  async thaw(name: string): Promise<void> {
    await this.#call(['thaw', this.root, name])
  }

  /** Power cut. `up` boots them again, with the files they had. */
  async down(...names: readonly string[]): Promise<void> {
    await this.#call(['down', this.root, ...names])
  }

  /** Ends all hosts and removes their files. */
  async close(): Promise<void> {
    await this.down()
    rmSync(this.root, { recursive: true, force: true })
  }

  async #call(line: readonly string[], environment: Readonly<Record<string, string>> = {}): Promise<Ended> {
    const ended = await this.#run(line, environment, CALL_DEADLINE_MS)
    assert.equal(ended.code, 0, `hosts.sh ${line.join(' ')}: ${ended.stderr}`)
    return ended
  }

  #run(line: readonly string[], environment: Readonly<Record<string, string>>, timeoutMs: number): Promise<Ended> {
    const child = spawn('bash', [SCRIPT, ...line], { env: this.#env(environment), stdio: ['ignore', 'pipe', 'pipe'] })
    const texts = { stdout: '', stderr: '' }
    for (const stream of ['stdout', 'stderr'] as const)
      child[stream].setEncoding('utf8').on('data', (text: string) => (texts[stream] += text))
    return new Promise((resolve, reject) => {
      const deadline = setTimeout(() => {
        child.kill('SIGKILL')
        reject(new Error(`hosts.sh ${line.join(' ')} did not end within ${timeoutMs} ms:\n${texts.stdout}${texts.stderr}`))
      }, timeoutMs)
      child.on('close', (code) => {
        clearTimeout(deadline)
        resolve({ code, ...texts })
      })
    })
  }

  #env(more: Readonly<Record<string, string>>): Record<string, string> {
    const { programs } = this.#settings
    const path = `${programs === undefined ? '' : `${programs}:`}${dirname(process.execPath)}:/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin`
    return { PATH: path, HOST_PATH: path, ...this.#environment, ...more }
  }
}

let count = 0
