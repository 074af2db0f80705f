// The `git` program, without a shell and with a deadline on every call.

import { spawn } from 'node:child_process'
import { RallyError, systemCode } from '../core/errors.ts'

const LOCAL_DEADLINE_MS = 60_000
const MAX_OUTPUT_BYTES = 8 * 1024 * 1024

/** A transfer that crawls for this long is given up, so that an unreachable host costs half a minute and no more. */
const PATIENCE = ['-c', 'http.lowSpeedLimit=1000', '-c', 'http.lowSpeedTime=30']

/** What git answered when it failed. */
export class GitFailure extends Error {
  constructor(what: string, answer: string) {
    const lines = answer.split(/[\r\n]/).filter((line) => line.trim() !== '' && !line.startsWith('hint:'))
    const told = lines.findLast((line) => /^(fatal|error):/.test(line)) ?? lines.at(-1) ?? 'no reason given'
    super(`${what}: ${told.replace(/^(fatal|error): /, '')}`)
    this.name = 'GitFailure'
  }
}

export interface GitOptions {
  readonly deadlineMs?: number
  /** Ends the program, and what it started. */
  readonly signal?: AbortSignal | undefined
}

/** Runs git and gives what it printed. Throws GitFailure; RallyError if there is no git. */
export async function git(args: readonly string[], what: string, options: GitOptions = {}): Promise<string> {
  const deadlineMs = options.deadlineMs ?? LOCAL_DEADLINE_MS
  const env = {
    ...process.env,
    LC_ALL: 'C',
    GIT_TERMINAL_PROMPT: '0',
    GIT_SSH_COMMAND: process.env['GIT_SSH_COMMAND'] ?? 'ssh -o BatchMode=yes -o ConnectTimeout=20'
  }
  return new Promise((resolve, reject) => {
    // A group of its own, so that the helpers it starts for the network end with it.
    const child = spawn('git', [...PATIENCE, ...args], { env, detached: true, stdio: ['ignore', 'pipe', 'pipe'] })
    let output = ''
    let errors = ''
    let ended: string | null = null
    const end = (reason: string): void => {
      ended = reason
      killGroup(child.pid)
    }
    const onExit = (): void => killGroup(child.pid)
    const onAbort = (): void => end('it was cancelled')
    const timer = setTimeout(() => end(`it took more than ${deadlineMs / 1000} s`), deadlineMs)
    process.once('exit', onExit)
    options.signal?.addEventListener('abort', onAbort, { once: true })
    if (options.signal?.aborted === true) onAbort()
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      output += text
      if (output.length > MAX_OUTPUT_BYTES) end('it printed too much')
    })
    child.stderr.setEncoding('utf8').on('data', (text: string) => (errors = (errors + text).slice(-16_384)))
    const settle = (done: () => void): void => {
      clearTimeout(timer)
      process.removeListener('exit', onExit)
      options.signal?.removeEventListener('abort', onAbort)
      done()
    }
    child.once('error', (error) => settle(() => reject(systemCode(error) === 'ENOENT' ? noGit() : error)))
    child.once('close', (code) =>
      settle(() => {
        if (ended !== null) reject(new GitFailure(what, ended))
        else if (code === 0) resolve(output)
        else reject(new GitFailure(what, errors))
      })
    )
  })
}

function killGroup(pid: number | undefined): void {
  if (pid === undefined) return
  try {
    process.kill(-pid, 'SIGKILL')
  } catch {
    // It has ended already.
  }
}

function noGit(): RallyError {
  return new RallyError('track', 'the program [git] is not installed', {
    hint: 'install git, or give the folder of a track with --track-path'
  })
}
