// A node's snapshots and its final words of each step → files. Each second goes at once to the end of an open file, which a
// killed process leaves readable; once a minute, and at each step's end, that becomes a result file like the chunks.

import { appendFile, readdir, readFile, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { deflateRaw } from 'node:zlib'
import { diskError, writeFileAtomically } from '../core/atomic-file.ts'
import type { Snapshot, StepJoined } from '../protocol/messages.ts'
import type { RaceFolder, SessionFacts } from './race-folder.ts'
import { fileOf } from './result-file.ts'
import { LineBuffer } from './line-buffer.ts'
import { eventLine, parseEventLine } from './stored-events.ts'
import { WriteQueue } from './write-queue.ts'

export const SNAPSHOT_CODEC = 'ndjson-deflate'
const LINES_PER_FILE = 60
const OPEN = '.open'

export class SnapshotWriter {
  readonly #folder: RaceFolder
  readonly #queue: WriteQueue
  #seq = 0
  readonly #lines = new LineBuffer()
  #startedAtMs = 0
  #bytes = 0

  /** `failed` is told once; from then on nothing more is written. */
  constructor(folder: RaceFolder, failed: (error: unknown) => void) {
    this.#folder = folder
    this.#queue = new WriteQueue((error) => failed(diskError(this.#path(), error)))
  }

  /** Of the result files. */
  get bytes(): number {
    return this.#bytes
  }

  /** By this machine's wall clock. */
  stepStarts(startedAtMs: number): void {
    this.#queue.add(() => {
      this.#startedAtMs = startedAtMs
      return Promise.resolve()
    })
  }

  add(snapshot: Snapshot): void {
    this.#queue.add(async () => {
      const line = this.#lines.add(eventLine({ t: 'snapshot', ...snapshot }))
      if (this.#lines.count >= LINES_PER_FILE) await this.#seal(snapshot.step, false)
      else await appendFile(`${this.#path()}${OPEN}`, line)
    })
  }

  /** The step's final figures. */
  addJoined(joined: StepJoined): void {
    this.#queue.add(async () => {
      this.#lines.add(eventLine({ t: 'step-joined', ...joined }))
      await this.#seal(joined.step, true)
    })
  }

  /** Resolves when all that was added is written. */
  settled(): Promise<void> {
    return this.#queue.settled()
  }

  async #seal(step: number, joined: boolean): Promise<void> {
    this.#bytes += await writeSnapshots(this.#path(), this.#lines, { session: this.#folder.session, seq: this.#seq, step, startedAtMs: this.#startedAtMs, joined })
    this.#lines.clear()
    this.#seq++
  }

  #path(): string {
    return join(this.#folder.snapshots, `${this.#folder.session.epoch}-${String(this.#seq).padStart(6, '0')}`)
  }
}

/** Makes result files of what killed sessions left open; a half-written last line is lost. */
export async function sealLeftOpen(snapshots: string, race: string): Promise<void> {
  const names = await readdir(snapshots).catch(() => [])
  for (const name of names.filter((one) => one.endsWith(OPEN))) {
    const path = join(snapshots, name)
    const whole = (await readFile(path, 'utf8')).split('\n').filter(isWholeLine)
    const first = whole[0]
    if (first === undefined) {
      await rm(path, { force: true })
      continue
    }
    const { node, epoch, step } = parseEventLine(first)
    const seq = Number(name.slice(epoch.length + 1, -OPEN.length))
    // Begun with the step's first second, or later.
    const { birthtimeMs: startedAtMs } = await stat(path)
    const lines = new LineBuffer()
    for (const line of whole) lines.add(line)
    await writeSnapshots(path.slice(0, -OPEN.length), lines, { session: { race, node, epoch }, seq, step, startedAtMs, joined: false })
  }
}

interface SnapshotFacts {
  readonly session: SessionFacts
  readonly seq: number
  readonly step: number
  readonly startedAtMs: number
  readonly joined: boolean
}

/** Gives the file's size. */
async function writeSnapshots(path: string, { bytes, count }: LineBuffer, { session, seq, step, startedAtMs, joined }: SnapshotFacts): Promise<number> {
  const payload = await promisify(deflateRaw)(bytes)
  const { race, node, epoch } = session
  const header = { rally: 'snapshots', version: 1, race, node, epoch, seq, step, 'started-at-ms': startedAtMs, count, joined, codec: SNAPSHOT_CODEC } as const
  const file = fileOf(header, payload)
  await writeFileAtomically(path, file)
  await rm(`${path}${OPEN}`, { force: true })
  return file.length
}

function isWholeLine(line: string): boolean {
  try {
    parseEventLine(line)
    return true
  } catch {
    return false
  }
}
