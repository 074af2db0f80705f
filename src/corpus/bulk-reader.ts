// All bulks of one client: its slices one after the other, as far as the task wants them.

import { RallyError } from '../core/errors.ts'
import type { Random } from '../core/random.ts'
import type { Corpus, DocumentSet } from '../track/track.ts'
import { constantActionLine, ConflictingLines, type Conflicts } from './action-lines.ts'
import type { ClientRange } from './bounds.ts'
import { sequentialIds, shuffledIds, type IdOrder } from './id-order.ts'
import { numberOfBulks, readOrder, type FileSlice } from './read-order.ts'
import { newMemory, SliceReader, type Actions } from './slice-reader.ts'

/** What a task wants of the corpora; checked before. */
export interface BulkSettings {
  /** Documents a bulk. */
  readonly bulkSize: number
  readonly ingestPercentage: number
  /** Over all clients; null: as ingestPercentage says. */
  readonly ingestDocCount: number | null
  /** Begins again at the end, for ever. */
  readonly looped: boolean
  readonly conflicts: Conflicts | null
}

export interface BulkPlan {
  readonly settings: BulkSettings
  readonly slices: readonly FileSlice[]
  readonly totalBulks: number
}

/** What the clients `range` (one, unless they share a reader) read of the corpora. */
export function planBulks(settings: BulkSettings, corpora: readonly Corpus[], range: ClientRange): BulkPlan {
  const slices = readOrder(corpora, range)
  const { bulkSize, ingestDocCount, ingestPercentage } = settings
  const served = range.last - range.first + 1
  const totalBulks =
    ingestDocCount === null
      ? Math.ceil((numberOfBulks(slices, bulkSize) * ingestPercentage) / 100)
      : (Math.floor(ingestDocCount / range.clients) * served) / bulkSize
  return { settings, slices, totalBulks }
}

export interface Bulk {
  readonly body: Buffer
  readonly documents: number
  /** Of the file it was read from. */
  readonly set: DocumentSet
}

export interface BulkReaderOptions {
  /** Absolute path of a data file. */
  readonly pathOf: (corpus: string, file: string) => string
  /** Asked for once a file: where conflicting ids come from. */
  readonly randomFor: () => Random
  /** Order of ids in `conflicts: random`; a test may know better. */
  readonly shuffle?: (offset: number, count: number, random: Random) => IdOrder
  readonly shortFile?: 'error' | 'stop'
  readonly finalNewline?: boolean
  /** Where a body of so many bytes is put; default: new memory each time. */
  readonly memory?: (bytes: number) => Buffer
}

export class BulkReader {
  readonly #plan: BulkPlan
  readonly #options: BulkReaderOptions
  #current: SliceReader | null = null
  #slice = 0
  #bulks = 0

  /** Touches no file before the first `next`. */
  constructor(plan: BulkPlan, options: BulkReaderOptions) {
    this.#plan = plan
    this.#options = options
  }

  /** The next bulk, or null at the end; throws RallyError('corpus'). */
  next(): Bulk | null {
    const { totalBulks, settings } = this.#plan
    if (this.#bulks >= totalBulks) {
      if (!settings.looped || totalBulks === 0) return null
      this.#rewind()
    }
    const bulk = this.#read()
    if (bulk === null && settings.looped && this.#bulks > 0) {
      this.#rewind()
      return this.next()
    }
    if (bulk !== null) this.#bulks++
    return bulk
  }

  /** 0…1; a looped reader begins again with each round. */
  percentCompleted(): number {
    const { totalBulks } = this.#plan
    return totalBulks === 0 ? 1 : this.#bulks / totalBulks
  }

  close(): void {
    this.#current?.close()
    this.#current = null
  }

  #rewind(): void {
    this.close()
    this.#slice = 0
    this.#bulks = 0
  }

  #read(): Bulk | null {
    for (;;) {
      const slice = this.#plan.slices[this.#slice]
      if (slice === undefined) return null
      this.#current ??= this.#open(slice)
      const body = this.#current.next(this.#plan.settings.bulkSize)
      if (body !== null) return { ...body, set: slice.set }
      this.close()
      this.#slice++
    }
  }

  #open(slice: FileSlice): SliceReader {
    const { pathOf, shortFile = 'error', finalNewline = true, memory = newMemory } = this.#options
    const path = pathOf(slice.corpus, slice.set.documentFile)
    return new SliceReader({ path, slice, actions: this.#actions(slice), shortFile, finalNewline, memory })
  }

  #actions(slice: FileSlice): Actions {
    const { set } = slice
    if (set.includesActionAndMetaData) return { kind: 'in-file' }
    const target = set.targetIndex ?? set.targetDataStream
    if (target === null)
      throw new RallyError('track', `corpus [${slice.corpus}]: data file [${set.documentFile}] has neither action lines nor a target`)
    const isDataStream = set.targetIndex === null
    const { conflicts } = this.#plan.settings
    if (conflicts === null) return { kind: 'constant', line: constantActionLine(target, isDataStream) }
    const random = this.#options.randomFor()
    const { shuffle = shuffledIds } = this.#options
    const ids = conflicts.order === 'random' ? shuffle(slice.offsetLines, slice.documents, random) : sequentialIds(slice.offsetLines)
    return { kind: 'ids', lines: new ConflictingLines({ target, isDataStream, conflicts, ids, idCount: slice.documents, random }) }
  }
}
