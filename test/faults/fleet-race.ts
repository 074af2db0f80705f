// A race on a fleet, from outside: what it said, when, and how it ended.

import assert from 'node:assert/strict'
import type { ChildProcess } from 'node:child_process'
import { until, type Account } from '../helpers/race-process.ts'

/** No fault may keep a race longer. */
const DEADLINE_MS = 180_000
/** On a machine with much else to do. */
const LOAD_DEADLINE_MS = 90_000

interface RunsOn {
  /** Both nodes send requests. */
  readonly isLoaded: boolean
  account(race: string): Account
}

export interface EndedFleetRace {
  readonly code: number | null
  /** Seconds of this process. */
  readonly at: number
}

export class FleetRace {
  readonly id: string
  readonly child: ChildProcess
  readonly ended: Promise<EndedFleetRace>
  stdout = ''
  stderr = ''
  readonly #fleet: RunsOn

  constructor(fleet: RunsOn, id: string, child: ChildProcess) {
    this.#fleet = fleet
    this.id = id
    this.child = child
    child.stdout!.setEncoding('utf8').on('data', (text: string) => (this.stdout += text))
    child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.stderr += text))
    this.ended = new Promise((resolve, reject) => {
      const deadline = setTimeout(() => {
        child.kill('SIGKILL')
        reject(new Error(`the race hangs:\n${this.stderr}`))
      }, DEADLINE_MS)
      child.on('close', (code) => {
        clearTimeout(deadline)
        resolve({ code, at: process.uptime() })
      })
    })
    this.ended.catch(() => undefined)
  }

  /** Until both nodes are well on their way; fails when the race ends before. */
  async loaded(): Promise<void> {
    const fail = (why: string): never => assert.fail(`${why}:\n${this.stderr}`)
    const over = this.ended.then(() => this.#fleet.isLoaded || fail('the race ended before its load'))
    await Promise.race([until(() => this.#fleet.isLoaded, '', LOAD_DEADLINE_MS).catch(() => fail('no load')), over])
  }

  /** Until a line of stderr says so; fails when the race ends before. */
  async says(words: RegExp): Promise<void> {
    await Promise.race([
      until(() => words.test(this.stderr), `it never said ${words}:\n${this.stderr}`, 60_000),
      this.ended.then(() => assert.match(this.stderr, words, 'the race ended before it said so'))
    ])
  }

  /** Its end, with this code; the account is checked, and that nothing is hidden in it. */
  async endsWith(code: number): Promise<number> {
    const ended = await this.ended
    assert.equal(ended.code, code, this.stderr)
    assert.ok(!this.stderr.includes('bug in Rally') && !this.stderr.includes('    at '), this.stderr)
    assert.doesNotMatch(this.stdout, /does not balance/)
    return ended.at
  }

  /** The first line of stderr that says so, without its level. */
  line(words: RegExp): string {
    const found = this.stderr.split('\n').find((line) => words.test(line))
    assert.ok(found !== undefined, `it did not say ${words}:\n${this.stderr}`)
    return found.replace(/^\[\w+\] /, '')
  }

  /** `1000 = 998 ok + 2 cancelled` */
  accountText(): string {
    const { started, ok, failed, timed_out, cancelled, unknown } = this.#fleet.account(this.id)
    const parts = Object.entries({ ok, failed, 'timed out': timed_out, cancelled, unknown }).filter(([, count]) => count > 0)
    return `${started} = ${parts.map(([what, count]) => `${count} ${what}`).join(' + ')}`
  }
}
