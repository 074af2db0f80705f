// Races as a user runs them: the built command in a process and a home of its own, watched from outside.

import assert from 'node:assert/strict'
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'
import { setTimeout as wait } from 'node:timers/promises'

export const MAIN = 'dist-test/src/cli/main.js'

/** Longest that any of these races may take: one that hangs is a failure, not a long test run. */
const DEADLINE_MS = 60_000

export interface RaceJson {
  readonly status: string
  readonly error: string | null
  readonly warnings: readonly string[]
  readonly results: { readonly op_metrics: readonly RaceTask[] }
  readonly 'unreported-tasks': readonly RaceTask[]
}

export interface RaceTask {
  readonly task: string
  readonly account: { readonly warmup: Account; readonly normal: Account }
  readonly errors: readonly { readonly error_class: string; readonly body: string | null; readonly http_status: number | null }[]
}

export interface Account {
  readonly started: number
  readonly ok: number
  readonly failed: number
  readonly timed_out: number
  readonly cancelled: number
  readonly unknown: number
  readonly retries: number
}

export interface EndedRace {
  readonly code: number | null
  readonly killedBy: string | null
  readonly stdout: string
  readonly stderr: string
  readonly seconds: number
}

/** A folder that goes with the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rally-race-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

export interface RaceOptions {
  readonly environment?: Readonly<Record<string, string>>
  /** Of rally.ini, below its `[meta]`; without a `[health]` of its own nothing is asked of the load generator. */
  readonly ini?: string
  readonly home?: string
  readonly cwd?: string
  readonly nodeFlags?: readonly string[]
  /** `ulimit -n`. */
  readonly fileLimit?: number
}

/** Starts `rally race` with the flags; its id is `r` unless they say otherwise. */
export function startRace(flags: readonly string[], options: RaceOptions = {}): RunningRace {
  return new RunningRace(flags, options)
}

export async function raceToEnd(flags: readonly string[], options: RaceOptions = {}): Promise<EndedRace & { readonly home: string }> {
  const running = startRace(flags, options)
  return { ...(await running.ended), home: running.home }
}

export class RunningRace {
  readonly home: string
  readonly child: ChildProcess
  readonly ended: Promise<EndedRace>
  readonly texts = { stdout: '', stderr: '' }

  constructor(flags: readonly string[], options: RaceOptions) {
    this.home = options.home ?? temporaryFolder()
    writeIni(this.home, options.ini ?? '')
    const id = flags.some((flag) => flag.startsWith('--race-id')) ? [] : ['--race-id=r']
    const environment = { PATH: process.env['PATH'] ?? '', HOME: this.home, ...options.environment }
    const startedAt = process.uptime()
    const line = [process.execPath, ...(options.nodeFlags ?? []), options.cwd === undefined ? MAIN : join(process.cwd(), MAIN), 'race', ...id, ...flags]
    const limit = options.fileLimit === undefined ? '' : `ulimit -n ${options.fileLimit} && `
    const child = spawn('/bin/sh', ['-c', `${limit}exec "$@"`, 'sh', ...line], {
      env: environment,
      stdio: ['ignore', 'pipe', 'pipe'],
      ...(options.cwd === undefined ? {} : { cwd: options.cwd })
    })
    for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', (text: string) => (this.texts[name] += text))
    this.child = child
    this.ended = new Promise((resolve, reject) => {
      const deadline = setTimeout(() => {
        child.kill('SIGKILL')
        reject(new Error(`rally race ${flags.join(' ')} did not end within ${DEADLINE_MS / 1000} s:\n${this.texts.stdout}${this.texts.stderr}`))
      }, DEADLINE_MS)
      child.on('close', (code, killedBy) => {
        clearTimeout(deadline)
        resolve({ code, killedBy, ...this.texts, seconds: process.uptime() - startedAt })
      })
    })
    this.ended.catch(() => {})
  }

  get pid(): number {
    assert.ok(this.child.pid !== undefined)
    return this.child.pid
  }

  /** Until a line of stderr says so; fails when the race ends before. */
  async says(words: RegExp): Promise<void> {
    await Promise.race([
      until(() => words.test(this.texts.stderr), '').catch(() => assert.fail(`it never said ${words}, but:\n${this.texts.stderr}`)),
      this.ended.then(({ stderr }) => assert.match(stderr, words, 'the race ended before it said so'))
    ])
  }

  /** Ends it as a terminal's Ctrl-C would; resolves with the seconds from then to its end. */
  async interrupt(signal: NodeJS.Signals = 'SIGINT'): Promise<EndedRace> {
    const atSeconds = process.uptime()
    this.child.kill(signal)
    const ended = await this.ended
    return { ...ended, seconds: process.uptime() - atSeconds }
  }

  raceJson(id = 'r'): RaceJson {
    return readRace(this.home, id)
  }
}

/** On a busy machine a load generator does not keep up, which is right to be told, and no concern of tests of other things. */
export const PATIENT_HEALTH = `[health]
loop.delay.p99.ms = 600000
worker.cpu.percent = 1000
cpu.wait.percent = 100
steal.percent = 100
send.delay.p99.ms = 600000
processing.overhead.percent = 1000000
`

function writeIni(home: string, text: string): void {
  mkdirSync(join(home, '.rally'), { recursive: true })
  const health = text.includes('[health]') ? '' : PATIENT_HEALTH
  writeFileSync(join(home, '.rally', 'rally.ini'), `[meta]\nconfig.version = 17\n\n${health}\n${text}\n`)
}

export function raceFolder(home: string, id = 'r'): string {
  return join(home, '.rally', 'benchmarks', 'races', id)
}

export function readRace(home: string, id = 'r'): RaceJson {
  return JSON.parse(readFileSync(join(raceFolder(home, id), 'race.json'), 'utf8')) as RaceJson
}

/** All that the program wrote into its log. */
export function logOf(home: string): string {
  return readFileSync(join(home, '.rally', 'logs', 'rally.log'), 'utf8')
}

/** The account of a task's measured requests, reported or not, after the check that it balances. */
export function accountOf(document: RaceJson, task: string): Account {
  const found = [...document.results.op_metrics, ...document['unreported-tasks']].find((one) => one.task === task)
  assert.ok(found !== undefined, `no task ${task} in race.json`)
  const account = found.account.normal
  assert.equal(account.started, account.ok + account.failed + account.timed_out + account.cancelled + account.unknown, JSON.stringify(account))
  return account
}

/** Processes of which the given one is the parent, with all theirs. */
export function descendants(pid: number): number[] {
  const file = `/proc/${pid}/task/${pid}/children`
  if (!existsSync(file)) return []
  const children = readFileSync(file, 'utf8').split(' ').filter((word) => word !== '').map(Number)
  return children.flatMap((child) => [child, ...descendants(child)])
}

export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'))
  } catch {
    return false
  }
}

/** Files of unfinished writes anywhere below a folder. */
export function temporaryFiles(folder: string): string[] {
  return readdirSync(folder, { recursive: true }).map(String).filter((name) => name.endsWith('.tmp'))
}

/** Waits for a condition, not for luck. */
export async function until(condition: () => boolean, otherwise: string, deadlineMs = 20_000): Promise<void> {
  const endAt = process.uptime() + deadlineMs / 1000
  while (!condition()) {
    assert.ok(process.uptime() < endAt, otherwise)
    await wait(20)
  }
}

/** The one error that a race ended with, as printed; fails if there are several, or a bug. */
export function errorOf({ stderr }: { readonly stderr: string }): string {
  const lines = stderr.split('\n').filter((line) => line.startsWith('[ERROR]'))
  assert.equal(lines.length, 1, stderr)
  assert.ok(!stderr.includes('bug in Rally') && !stderr.includes('    at '), stderr)
  return lines[0] ?? ''
}
