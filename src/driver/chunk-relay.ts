// What the workers measured goes to this node's disk: columns to chunk files, the snapshots and final words of each step beside
// them. The load never waits for it; only the end of a step does.

import { messageOf, RallyError, toWire, type WireError } from '../core/errors.ts'
import { systemClock } from '../core/clock.ts'
import type { Snapshot, StepJoined } from '../protocol/messages.ts'
import type { WorkerCommand } from '../protocol/worker-messages.ts'
import { ChunkWriter, type ChunkStep } from '../results/chunk-writer.ts'
import { openRaceFolder, type RaceFolder, type SessionFacts } from '../results/race-folder.ts'
import { removeOldRaces, type Retention } from '../results/retention.ts'
import { SnapshotWriter } from '../results/snapshot-writer.ts'
import type { Step } from '../allocation/allocation.ts'
import type { ColumnChunk } from '../sample/columns.ts'
import { tasksOf } from '../track/track.ts'

/** Where a node keeps its samples, and how long. */
export interface ResultsSettings extends Retention {
  /** `~/.rally/node`, absolute. */
  readonly dir: string
}

export interface RelayOptions {
  readonly session: SessionFacts
  readonly settings: ResultsSettings
  /** Told once: nothing more is kept. */
  readonly failed: (error: WireError) => void
  /** What was removed. */
  readonly log: (line: string) => void
}

/** A disk that does not take what is left of a step within this time will not take it at all. */
const SETTLE_DEADLINE_MS = 60_000

export class ChunkRelay {
  readonly #folder: RaceFolder
  readonly #options: RelayOptions
  readonly #chunks: ChunkWriter
  readonly #snapshots: SnapshotWriter
  #step: ChunkStep = { step: -1, tasks: [], startedAtMs: 0 }
  #hasFailed = false

  private constructor(folder: RaceFolder, options: RelayOptions) {
    const failed = (error: unknown): void => this.#fail(error)
    this.#folder = folder
    this.#options = options
    this.#chunks = new ChunkWriter(folder, failed)
    this.#snapshots = new SnapshotWriter(folder, failed)
  }

  /** Makes room and the race's folder; throws RallyError('disk'). */
  static async open(options: RelayOptions): Promise<ChunkRelay> {
    const { settings, session, log } = options
    for (const line of await removeOldRaces(settings.dir, settings)) log(line)
    return new ChunkRelay(await openRaceFolder(settings.dir, session), options)
  }

  stepStarts(step: Step, delayMs: number): void {
    const tasks = tasksOf(step.element).map((task) => task.name)
    const startedAtMs = systemClock.wallMs() + delayMs
    this.#step = { step: step.index, tasks, startedAtMs }
    this.#snapshots.stepStarts(startedAtMs)
  }

  /** `taken` gets the answer for the worker, once the chunk is on disk. */
  chunk(chunk: ColumnChunk, taken: (command: WorkerCommand) => void): void {
    this.#chunks.add(this.#step, chunk, () => taken({ t: 'chunk-taken', columns: chunk.columns }))
  }

  snapshot(snapshot: Snapshot): void {
    this.#snapshots.add(snapshot)
  }

  /** Resolves when everything of the step is on disk, or cannot be: then `failed` was told. */
  async stepEnds({ node, epoch, step, tasks }: StepJoined): Promise<void> {
    this.#snapshots.addJoined({ node, epoch, step, tasks })
    await this.#settle(`of step ${step + 1}`)
  }

  /** Nothing more comes. */
  async close(): Promise<void> {
    await this.#settle('of the race')
    await this.#folder.close(this.#chunks.bytes + this.#snapshots.bytes).catch((error: unknown) => this.#fail(error))
  }

  async #settle(what: string): Promise<void> {
    let timer: NodeJS.Timeout | undefined
    const late = new Promise<never>((_resolve, reject) => {
      const fact = `${this.#folder.path}: the disk has not taken the samples ${what} within ${SETTLE_DEADLINE_MS / 1000} s`
      timer = setTimeout(() => reject(new RallyError('disk', fact, { hint: 'use a faster disk for ~/.rally/node, or fewer requests per second' })), SETTLE_DEADLINE_MS)
    })
    try {
      await Promise.race([Promise.all([this.#chunks.settled(), this.#snapshots.settled()]), late])
    } catch (error) {
      this.#fail(error)
    } finally {
      clearTimeout(timer)
    }
  }

  #fail(error: unknown): void {
    if (this.#hasFailed) return
    this.#hasFailed = true
    const { node } = this.#options.session
    if (!(error instanceof RallyError)) return this.#options.failed(toWire(error))
    const message = `node ${node}: ${messageOf(error)}; the ${this.#chunks.samples} samples written before are kept`
    return this.#options.failed(toWire(new RallyError(error.kind, message, { hint: error.hint })))
  }
}
