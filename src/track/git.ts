// The `git` program, without a shell and with a deadline on every call.

import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { RallyError, systemCode } from '../core/errors.ts'

const LOCAL_DEADLINE_MS = 60_000
const FETCH_DEADLINE_MS = 5 * 60_000
const CLONE_DEADLINE_MS = 30 * 60_000
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
  const env = { ...process.env, LC_ALL: 'C', GIT_TERMINAL_PROMPT: '0', GIT_SSH_COMMAND: process.env['GIT_SSH_COMMAND'] ?? 'ssh -o BatchMode=yes -o ConnectTimeout=20' }
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
  return new RallyError('track', 'the program [git] is not installed', { hint: 'install git, or give the folder of a track with --track-path' })
}

export function isWorkingCopy(dir: string): boolean {
  return existsSync(join(dir, '.git'))
}

/** Clones into `dir`, which comes into being only when the clone is whole. */
export async function clone(url: string, dir: string, signal?: AbortSignal): Promise<void> {
  const partial = `${dir}.partial-${process.pid}`
  try {
    await removeStale(dir)
    // It shows its progress to nobody, but so it notices when Rally is gone, and ends.
    await git(['clone', '--progress', '--', url, partial], `could not clone [${withoutSecrets(url)}]`, { deadlineMs: CLONE_DEADLINE_MS, signal })
    await rename(partial, dir)
  } catch (error) {
    // Another Rally may have been faster.
    if (!isWorkingCopy(dir)) throw error
  } finally {
    await rm(partial, { recursive: true, force: true })
  }
}

/** What Rallies that were killed while cloning left. */
async function removeStale(dir: string): Promise<void> {
  const names = await readdir(dirname(dir))
  const stale = names.filter((name) => name.startsWith(`${basename(dir)}.partial-`) && !isRunning(Number(name.split('-').at(-1))))
  await Promise.all(stale.map((name) => rm(join(dirname(dir), name), { recursive: true, force: true })))
}

function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return systemCode(error) === 'EPERM'
  }
}

export async function fetchAll(dir: string, signal?: AbortSignal): Promise<void> {
  await git(['-C', dir, 'fetch', '--prune', '--tags', '--progress', 'origin'], 'could not fetch', { deadlineMs: FETCH_DEADLINE_MS, signal })
}

/** `https://user:password@host/x` → `https://host/x`. */
export function withoutSecrets(url: string): string {
  return url.replace(/^([a-z+]+:\/\/)[^/@]*@/i, '$1')
}

async function linesOf(dir: string, args: readonly string[]): Promise<string[]> {
  const output = await git(['-C', dir, ...args], `could not read the repository [${dir}]`)
  return output.split('\n').filter((line) => line !== '')
}

/** Branches of the remote, without its name. */
export async function remoteBranches(dir: string): Promise<string[]> {
  const refs = await linesOf(dir, ['for-each-ref', 'refs/remotes/', '--format=%(refname:short)'])
  return refs.filter((ref) => ref.includes('/') && !ref.endsWith('/HEAD')).map((ref) => ref.slice(ref.indexOf('/') + 1))
}

export async function localBranches(dir: string): Promise<string[]> {
  return (await linesOf(dir, ['for-each-ref', 'refs/heads/', '--format=%(refname:short)'])).filter((ref) => !ref.endsWith('HEAD'))
}

export async function tagsOf(dir: string): Promise<string[]> {
  return linesOf(dir, ['tag'])
}

/** `HEAD` if none is checked out. */
export async function currentBranch(dir: string): Promise<string> {
  return (await linesOf(dir, ['rev-parse', '--abbrev-ref', 'HEAD']))[0] ?? 'HEAD'
}

/** The full hash of the commit that is checked out; null in a repository without commits. */
export async function headRevision(dir: string): Promise<string | null> {
  try {
    return (await linesOf(dir, ['rev-parse', 'HEAD']))[0] ?? null
  } catch (error) {
    if (error instanceof GitFailure) return null
    throw error
  }
}

export async function checkout(dir: string, revision: string): Promise<void> {
  await git(['-C', dir, 'checkout', '--quiet', revision, '--'], `could not check out [${revision}] in [${dir}]`)
}

/** Puts the checked-out branch onto what was fetched; a failed attempt is undone. */
export async function rebase(dir: string, branch: string): Promise<void> {
  try {
    await git(['-C', dir, 'rebase', '--quiet', `origin/${branch}`], `could not rebase [${branch}] in [${dir}]`)
  } catch (error) {
    await git(['-C', dir, 'rebase', '--abort'], 'nothing to abort').catch(() => undefined)
    throw error
  }
}
