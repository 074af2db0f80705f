// What is done with the working copy of a repository.

import { existsSync } from 'node:fs'
import { readdir, rename, rm } from 'node:fs/promises'
import { basename, dirname, join } from 'node:path'
import { systemCode } from '../core/errors.ts'
import { git, GitFailure } from './git.ts'

const FETCH_DEADLINE_MS = 5 * 60_000
const CLONE_DEADLINE_MS = 30 * 60_000

export function isWorkingCopy(dir: string): boolean {
  return existsSync(join(dir, '.git'))
}

/** Clones into `dir`, which comes into being only when the clone is whole. */
export async function clone(url: string, dir: string, signal?: AbortSignal): Promise<void> {
  const partial = `${dir}.partial-${process.pid}`
  try {
    await removeStale(dir)
    // It shows its progress to nobody, but so it notices when Rally is gone, and ends.
    await git(['clone', '--progress', '--', url, partial], `could not clone [${withoutSecrets(url)}]`, {
      deadlineMs: CLONE_DEADLINE_MS,
      signal
    })
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
