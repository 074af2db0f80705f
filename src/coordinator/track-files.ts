// The files of a track's folder that nodes get: all that is the track's own, and none of its data.

import { lstat, readdir, realpath, stat } from 'node:fs/promises'
import { join, sep } from 'node:path'
import { messageOf, RallyError } from '../core/errors.ts'
import { checkNames } from '../files/check-supply.ts'
import { hashFile, type HashedFile } from '../files/hash-file.ts'
import type { Track } from '../track/track.ts'

export interface TrackFile {
  /** Inside the track's folder, with `/`. */
  readonly path: string
  readonly file: HashedFile
}

const MAX_FILES = 2000
const MAX_BYTES = 64 * 1024 * 1024
/** What others keep in a track's folder, and what is made anew from the files beside it. */
const NOT_OF_THE_TRACK = /^(\..*|__pycache__|node_modules|.*\.offset|.*~|.*[\\\p{Cc}].*)$/su
const ARCHIVE = /\.(bz2|gz|zst|zip|tar|tgz|lz4|xz)$/i

/**
 * Throws RallyError where the folder of a track with code of its own holds more than a track does, or what cannot be read or sent.
 * Other tracks are in `prepare` whole: a folder like that (a home, with a track in it) stays where it is.
 */
export async function trackFiles(track: Track, signal: AbortSignal): Promise<TrackFile[]> {
  try {
    return await readFiles(track, signal)
  } catch (error) {
    if (track.hasPlugins || signal.aborted) throw error
    return []
  }
}

async function readFiles(track: Track, signal: AbortSignal): Promise<TrackFile[]> {
  const data = new Set(track.corpora.flatMap(({ documents }) => documents.flatMap(({ documentFile, documentArchive }) => [documentFile, documentArchive])))
  const found = await new Walk(track.root, (path) => data.has(path) || ARCHIVE.test(path)).run()
  checkNames(found)
  const files: TrackFile[] = []
  for (const path of found) files.push({ path, file: await hashFile(join(track.root, path), { memory: null, signal }) })
  return files
}

class Walk {
  readonly #root: string
  readonly #isData: (path: string) => boolean
  readonly #found: string[] = []
  #bytes = 0

  constructor(root: string, isData: (path: string) => boolean) {
    this.#root = root
    this.#isData = isData
  }

  /** Names in order. */
  async run(): Promise<string[]> {
    try {
      await this.#folder('', await realpath(this.#root))
    } catch (error) {
      if (error instanceof RallyError) throw error
      throw new RallyError('track', `the track's folder cannot be read: ${messageOf(error)}`, { cause: error })
    }
    return this.#found
  }

  async #folder(inner: string, realRoot: string): Promise<void> {
    const names = (await readdir(join(this.#root, inner))).filter((name) => !NOT_OF_THE_TRACK.test(name)).sort()
    for (const name of names) {
      const path = inner === '' ? name : `${inner}/${name}`
      const at = join(this.#root, path)
      const isLink = (await lstat(at)).isSymbolicLink()
      // A link may name a file of the track twice; what lies elsewhere is not the track's, and a folder might hold itself.
      if (isLink && !(await realpath(at).catch(() => '')).startsWith(realRoot + sep)) continue
      const facts = await stat(at)
      if (facts.isDirectory() && !isLink) await this.#folder(path, realRoot)
      else if (facts.isFile() && !this.#isData(path)) this.#add(path, facts.size)
    }
  }

  #add(path: string, bytes: number): void {
    this.#found.push(path)
    this.#bytes += bytes
    if (this.#found.length <= MAX_FILES && this.#bytes <= MAX_BYTES) return
    throw new RallyError('track', `the folder [${this.#root}] holds more than the ${MAX_FILES} files or ${MAX_BYTES / 1024 / 1024} MB that load drivers are sent of a track: [${path}] is too much`, {
      hint: 'give the track a folder of its own, without anything else'
    })
  }
}
