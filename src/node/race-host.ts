// The daemon's side of a process that serves a race: starts it, opens connections to it, asks it to end, takes it away when it does not.

import { spawn, type ChildProcess } from 'node:child_process'
import { rm } from 'node:fs/promises'
import type { Duplex } from 'node:stream'
import { fileURLToPath } from 'node:url'
import { RallyError } from '../core/errors.ts'
import { dial, dialBytes, type DialOptions } from '../protocol/dial.ts'
import type { Connection } from '../protocol/connection.ts'
import type { Hello, Role } from '../protocol/hello.ts'
import type { NodeCommand, NodeEvent } from '../protocol/messages.ts'
import type { RaceOrder, RaceReport, RaceStatus } from './race-messages.ts'

/** What a process does: play the race's part here, or give out its results. */
export type RaceWork = 'race' | 'results'

export interface RaceHostOptions {
  readonly work: RaceWork
  readonly node: string
  readonly race: string
  readonly socketPath: string
  /** What it wrote to its standard error. */
  readonly wrote: (text: string) => void
}

const START_DEADLINE_MS = 10_000
const DIAL_DEADLINE_MS = 5000
const END_DEADLINE_MS = 5000
const LAST_WORDS_CHARS = 2000
const LAST_WORDS_MS = 500
/** A process that died has closed its connections just before. */
const EXIT_MS = 300
/** How a connection says that its other side gave a reason. */
const SAID = 'the other side closed the connection: '

export class RaceHost {
  readonly race: string
  /** Resolves when the process is gone, with what is to be said of it; never rejects. */
  readonly ended: Promise<string>
  status: RaceStatus = { phase: 'none', step: null, steps: 0 }
  /** Told each time the status has changed. */
  onStatus: (status: RaceStatus) => void = () => undefined
  readonly #options: RaceHostOptions
  readonly #child: ChildProcess
  readonly #listening: Promise<void>
  #lastWords = ''
  #endReason: string | null = null
  #hasDied = false

  constructor(options: RaceHostOptions) {
    this.race = options.race
    this.#options = options
    const entry = fileURLToPath(new URL(`./${options.work}-process.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url))
    this.#child = spawn(process.execPath, [...process.execArgv, entry, options.node, options.socketPath], {
      stdio: ['ignore', 'ignore', 'pipe', 'ipc']
    })
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#lastWords = (this.#lastWords + text).slice(-LAST_WORDS_CHARS)
      options.wrote(text)
    })
    this.ended = this.#watchEnd()
    this.#listening = this.#watchStart()
  }

  get pid(): number | null {
    return this.#child.pid ?? null
  }

  /** Resolves when connections can be opened; rejects with RallyError('node'), the process gone. */
  async ready(): Promise<void> {
    try {
      await this.#listening
    } catch (error) {
      this.kill()
      throw error
    }
  }

  /** Opens the process's own end of a control connection that has greeted the daemon with `hello`. */
  connect(hello: Hello): Promise<Connection<NodeCommand, NodeEvent>> {
    return dial(this.#dialOptions(hello, 'control'))
  }

  /** The same of a connection of another role, for its bytes to be passed on. */
  connectBytes(hello: Hello): Promise<{ readonly stream: Duplex; readonly early: Buffer }> {
    return dialBytes(this.#dialOptions(hello, hello.role))
  }

  #dialOptions<R extends Role>({ race, token, seq }: Hello, role: R): DialOptions<R> {
    const words = {
      ...(race === undefined ? {} : { race }),
      ...(token === undefined ? {} : { token }),
      ...(seq === undefined ? {} : { seq })
    }
    return {
      address: { socketPath: this.#options.socketPath },
      identity: this.#options.node,
      key: null,
      hello: { role, ...words },
      deadlineMs: DIAL_DEADLINE_MS
    }
  }

  /** Ends its session: the coordinator is told why. A process that does not end by itself is killed. Resolves when it is gone. */
  async end(reason: string): Promise<void> {
    this.#endReason = reason
    if (this.#child.connected) this.#child.send({ t: 'end', reason } satisfies RaceOrder)
    const timer = setTimeout(() => this.kill(), END_DEADLINE_MS)
    await this.ended
    clearTimeout(timer)
  }

  /** Why it has closed a connection, in words for the coordinator; null: in good order. */
  async explain(reason: string): Promise<string | null> {
    let timer: NodeJS.Timeout | undefined
    const living = new Promise<null>((resolve) => (timer = setTimeout(() => resolve(null), EXIT_MS)))
    const epitaph = await Promise.race([this.ended, living])
    clearTimeout(timer)
    if (epitaph !== null && this.#hasDied) return epitaph
    return this.#endReason ?? (reason.startsWith(SAID) ? reason.slice(SAID.length) : null)
  }

  kill(): void {
    this.#child.kill('SIGKILL')
  }

  #watchStart(): Promise<void> {
    return new Promise((resolve, reject) => {
      const timer = setTimeout(
        () => reject(new RallyError('node', `the process of race ${this.race} did not start within ${START_DEADLINE_MS / 1000} s`)),
        START_DEADLINE_MS
      )
      this.#child.on('message', (message) => {
        const report = message as RaceReport
        if (report.t === 'listening') resolve()
        else this.#newStatus({ phase: report.phase, step: report.step, steps: report.steps })
      })
      void this.ended.then((words) => {
        clearTimeout(timer)
        reject(new RallyError('node', words))
      })
      this.#child.once('message', () => clearTimeout(timer))
    })
  }

  #watchEnd(): Promise<string> {
    const gone = new Promise<string>((resolve) => {
      this.#child.on('error', (error) => resolve(`the process of race ${this.race} could not be started: ${error.message}`))
      // With `close` its last words are in; but a program that it left behind may keep the pipe open.
      this.#child.on('close', (code, signal) => resolve(this.#epitaph(code, signal)))
      this.#child.on('exit', (code, signal) => setTimeout(() => resolve(this.#epitaph(code, signal)), LAST_WORDS_MS))
    })
    return gone.then(async (words) => {
      await rm(this.#options.socketPath, { force: true })
      // Not told of: how it ended says more.
      this.status = { phase: 'none', step: null, steps: 0 }
      return words
    })
  }

  #newStatus(status: RaceStatus): void {
    this.status = status
    this.onStatus(status)
  }

  #epitaph(code: number | null, signal: NodeJS.Signals | null): string {
    const who = `the process of race ${this.race} on node ${this.#options.node}`
    if (code === 0 || this.#endReason !== null) return `${who} has ended`
    this.#hasDied = true
    const how = signal === null ? `code ${code}` : signal
    const lines = this.#lastWords.split('\n')
    // Node.js closes with its stack and its own version.
    const line = lines.find((one) => /Error\b.*:/.test(one)) ?? lines.findLast((one) => /\S/.test(one))
    return `${who} died (${how})${line === undefined ? '' : `: ${line.trim()}`}`
  }
}
