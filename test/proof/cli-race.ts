// Races as a user runs them, in a home of their own: the built command in a process that may be starved or lied to.

import { spawn } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import type { HttpEngine } from '../../src/target/target-options.ts'

const MAIN = fileURLToPath(new URL('../../src/cli/main.js', import.meta.url))
const DEADLINE_MS = 120_000

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RaceDocument {
  readonly status: string
  readonly health: { readonly findings: readonly Finding[] }
  readonly results: { readonly op_metrics: readonly TaskFigures[] }
}

interface Finding {
  readonly figure: string
  readonly worst: number | null
  readonly where: string
  readonly seconds: number
  readonly when: Readonly<Record<string, unknown>> | null
}

export interface TaskFigures {
  readonly task: string
  readonly account: { readonly normal: { readonly started: number; readonly ok: number } }
  readonly latency: Readonly<Record<string, number>>
  readonly service_time: Readonly<Record<string, number>>
  readonly elapsed_seconds: number
}

export class RaceHome {
  readonly folder: string
  readonly #track: string
  readonly #engine: HttpEngine

  /** The schedule is that of the only challenge; the home is made in the folder `within`. */
  constructor(schedule: readonly Readonly<Record<string, unknown>>[], engine: HttpEngine, within = tmpdir()) {
    this.folder = mkdtempSync(join(within, 'rally-proof-'))
    this.#track = join(this.folder, 'track')
    this.#engine = engine
    mkdirSync(this.#track)
    writeFileSync(join(this.#track, 'track.json'), JSON.stringify({ version: 2, description: 'proof', schedule }))
  }

  /** Ends when the race does. `launcher`: the program that starts Node.js, with its arguments. */
  race(
    port: number,
    id: string,
    options: { readonly launcher?: readonly string[]; readonly environment?: Readonly<Record<string, string>> } = {}
  ): Promise<Ended> {
    const flags = [
      'race',
      `--race-id=${id}`,
      `--track-path=${this.#track}`,
      `--target-hosts=127.0.0.1:${port}`,
      '--pipeline=benchmark-only',
      '--seed=proof',
      `--http-engine=${this.#engine}`,
      '--quiet'
    ]
    return run([...(options.launcher ?? []), process.execPath, MAIN, ...flags], { ...this.#environment(), ...options.environment })
  }

  rally(...flags: readonly string[]): Promise<Ended> {
    return run([process.execPath, MAIN, ...flags], this.#environment())
  }

  document(id: string): RaceDocument {
    return JSON.parse(readFileSync(join(this.folder, '.rally', 'benchmarks', 'races', id, 'race.json'), 'utf8')) as RaceDocument
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true })
  }

  #environment(): Record<string, string> {
    return { PATH: process.env['PATH'] ?? '', HOME: this.folder, RALLY_HOME: this.folder }
  }
}

export function searches(name: string, params: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return { name, operation: { 'operation-type': 'search', index: 'i', body: { query: { match_all: {} } } }, ...params }
}

function run([program = '', ...args]: readonly string[], env: Record<string, string>): Promise<Ended> {
  const child = spawn(program, args, { env, stdio: ['ignore', 'pipe', 'pipe'] })
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', (text: string) => (texts[name] += text))
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`${program} ${args.join(' ')} did not end within ${DEADLINE_MS / 1000} s:\n${texts.stderr}`))
    }, DEADLINE_MS)
    child.on('error', reject)
    child.on('close', (code) => {
      clearTimeout(deadline)
      resolve({ code, ...texts })
    })
  })
}
