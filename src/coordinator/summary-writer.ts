// summary.json beside race.json: the race as it stands, for whoever looks from outside, or after a crash.

import { messageOf } from '../core/errors.ts'
import { systemClock } from '../core/clock.ts'
import type { JsonObject } from '../core/json.ts'
import type { RaceStatus, StepStart } from '../metrics/race.ts'
import { storeSummary } from '../metrics/race-store.ts'
import { racesDir } from '../config/directories.ts'
import type { RaceObserver, RaceProgress, RaceRequest } from './race-request.ts'

const EVERY_MS = 5000

export class SummaryWriter {
  readonly #request: RaceRequest
  readonly #observer: RaceObserver
  #writing: Promise<void> | null = null
  #last: RaceProgress | null = null
  #step = -1
  #writtenAtMs = Number.NEGATIVE_INFINITY
  #hasFailed = false
  readonly #stepStarts: StepStart[] = []
  #firstStartMs: number | null = null

  constructor(request: RaceRequest, observer: RaceObserver) {
    this.#request = request
    this.#observer = observer
  }

  /** Of the steps so far. */
  get stepStarts(): readonly StepStart[] {
    return this.#stepStarts
  }

  /** The next step starts; by the monotonic clock. */
  stepStart(nowMs: number): void {
    this.#firstStartMs ??= nowMs
    this.#stepStarts.push({ 'at-ms': systemClock.wallMs(), 'offset-ms': nowMs - this.#firstStartMs })
  }

  /** Writes at a step's start and every five seconds; never two at a time. */
  progress(progress: RaceProgress): void {
    const nowMs = systemClock.monotonicMs()
    this.#last = progress
    const isDue = progress.step !== this.#step || nowMs - this.#writtenAtMs >= EVERY_MS
    if (!isDue || this.#writing !== null || this.#hasFailed) return
    this.#step = progress.step
    this.#writtenAtMs = nowMs
    this.#writing = this.#write(progress, 'running')
  }

  /** Once the race is over. */
  async close(status: RaceStatus): Promise<void> {
    await this.#writing
    if (this.#last !== null && !this.#hasFailed) await this.#write(this.#last, status)
  }

  async #write(progress: RaceProgress, status: RaceStatus): Promise<void> {
    const { step, steps, waitingFor, tasks, troubles } = progress
    const summary: JsonObject = {
      'race-id': this.#request.raceId,
      status,
      'written-at-ms': systemClock.wallMs(),
      pid: process.pid,
      step,
      steps,
      'step-starts': this.#stepStarts.map((start) => ({ ...start })),
      'waiting-for': waitingFor,
      tasks: tasks.map((task) => ({ ...task })),
      troubles
    }
    try {
      await storeSummary(racesDir(this.#request.config), summary)
    } catch (error) {
      // The race itself is worth more than its summary; the results' own file will say if the disk is full.
      this.#hasFailed = true
      this.#observer.warning(`summary.json is not written any more: ${messageOf(error)}`)
    } finally {
      this.#writing = null
    }
  }
}
