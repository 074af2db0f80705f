// A git repository of tracks below `<root.dir>/tracks`: kept up to date, with the branch that fits the version to be measured.

import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { closestMatch } from '../core/close-match.ts'
import { RallyError } from '../core/errors.ts'
import { makeFolderNow } from '../core/folder.ts'
import { GitFailure } from './git.ts'
import { bestMatch, variantsOf } from './versions.ts'
import {
  checkout,
  clone,
  currentBranch,
  fetchAll,
  headRevision,
  isWorkingCopy,
  localBranches,
  rebase,
  remoteBranches,
  tagsOf,
  withoutSecrets
} from './working-copy.ts'

export interface RepositoryRequest {
  /** `--track-repository`; its working copy is the folder of that name. */
  readonly name: string
  /** Where the working copies are. Absolute. */
  readonly repositoriesDir: string
  /** The remote; null: the working copy is all there is. */
  readonly url: string | null
  /** `--track-revision`: branch, tag or hash; null: the branch that fits the version. */
  readonly revision: string | null
  /** Of the cluster: `8.15.3`, `serverless`; null: not known. */
  readonly distributionVersion: string | null
  /** No network, no checkout: the working copy as it is. */
  readonly offline: boolean
  readonly signal?: AbortSignal
}

export interface RepositoryState {
  /** The working copy. Absolute. */
  readonly dir: string
  /** What is checked out. */
  readonly revision: string | null
  readonly warnings: readonly string[]
}

/** Throws RallyError('track') if there is no such repository or nothing in it fits. */
export async function openRepository(request: RepositoryRequest): Promise<RepositoryState> {
  const dir = join(request.repositoriesDir, request.name)
  const warnings: string[] = []
  try {
    await ensureWorkingCopy(dir, request, warnings)
    if (!request.offline) await checkOutWhatFits(dir, request, warnings)
    return { dir, revision: await headRevision(dir), warnings }
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error
    throw new RallyError('track', `track repository [${request.name}]: ${error.message}`, {
      hint: isWorkingCopy(dir) ? `look at [${dir}] (local changes?), or use --track-path or --offline` : 'look at the network and at [tracks] in rally.ini, or use --track-path',
      cause: error
    })
  }
}

async function ensureWorkingCopy(dir: string, request: RepositoryRequest, warnings: string[]): Promise<void> {
  const { url, offline } = request
  if (isWorkingCopy(dir)) {
    if (url === null || offline) return
    try {
      await fetchAll(dir, request.signal)
    } catch (error) {
      if (!(error instanceof GitFailure)) throw error
      warnings.push(`track repository [${request.name}] is not up to date: ${error.message}; going on with what is here`)
    }
    return
  }
  if (existsSync(dir))
    throw new RallyError('track', `[${dir}] must be a git repository`, { hint: `run: git -C ${dir} init, or use --track-path` })
  if (url === null) {
    throw new RallyError(
      'track',
      `there is no track repository [${request.name}]: neither [${dir}] nor [${request.name}.url] in rally.ini`,
      {
        hint: `add ${request.name}.url to section [tracks] of rally.ini, or use --track-path`
      }
    )
  }
  if (offline) {
    throw new RallyError(
      'track',
      `track repository [${request.name}] is not here yet, and --offline forbids to clone [${withoutSecrets(url)}]`,
      {
        hint: 'run once without --offline, or use --track-path'
      }
    )
  }
  makeFolderNow(request.repositoriesDir)
  await clone(url, dir, request.signal)
}

async function checkOutWhatFits(dir: string, request: RepositoryRequest, warnings: string[]): Promise<void> {
  const { revision, distributionVersion, url } = request
  if (revision !== null) return checkOutRevision(dir, revision)
  if (url !== null) {
    const branch = bestMatch(await remoteBranches(dir), distributionVersion)
    if (branch !== null) return follow(dir, branch, request, warnings)
  }
  const local = bestMatch(await localBranches(dir), distributionVersion)
  if (local !== null) {
    if ((await currentBranch(dir)) !== local) await checkout(dir, local)
    return
  }
  const tags = new Set(await tagsOf(dir))
  const tag = variantsOf(distributionVersion ?? '')
    .map((variant) => `v${variant}`)
    .find((candidate) => tags.has(candidate))
  if (tag === undefined) {
    throw new RallyError(
      'track',
      `track repository [${request.name}] has neither a branch nor a tag for version [${distributionVersion ?? 'unknown'}]`,
      {
        hint: 'choose a branch, tag or commit with --track-revision'
      }
    )
  }
  await checkout(dir, tag)
}

async function follow(dir: string, branch: string, request: RepositoryRequest, warnings: string[]): Promise<void> {
  await checkout(dir, branch)
  try {
    await rebase(dir, branch)
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error
    warnings.push(`local changes in [${dir}] keep track repository [${request.name}] from being updated: commit them (${error.message})`)
  }
}

async function checkOutRevision(dir: string, revision: string): Promise<void> {
  // A text that git would take for an option is no name of anything.
  if (revision.startsWith('-')) throw new RallyError('usage', `--track-revision [${revision}] is no branch, tag or commit`)
  if ((await currentBranch(dir)) === revision) return
  const head = await headRevision(dir)
  if (head !== null && /^[0-9a-f]{7,40}$/.test(revision) && head.startsWith(revision)) return
  try {
    await checkout(dir, revision)
  } catch (error) {
    if (!(error instanceof GitFailure)) throw error
    const known = [...(await remoteBranches(dir)), ...(await localBranches(dir)), ...(await tagsOf(dir))]
    const nearest = closestMatch(revision, known)
    const hint = nearest === null || nearest === revision ? 'give a branch, tag or commit of the repository' : `did you mean [${nearest}]?`
    throw new RallyError('track', error.message, { hint, cause: error })
  }
}
