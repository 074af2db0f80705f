// What one sees while a race runs: lines that change on a terminal, plain ones now and then anywhere else.

import type { RaceObserver, RaceProgress, TaskProgress } from '../coordinator/race-request.ts'
import type { Clock } from '../core/clock.ts'
import type { Output } from './output.ts'
import { printableLine } from './printable.ts'
import { grouped, taskFigures, terminalLines, troubleText, waitText } from './progress-text.ts'

/** Of log-update. */
type LogUpdate = ((text: string) => void) & { clear(): void }

export interface RaceDisplay extends RaceObserver {
  /** Says what is left to say of the tasks seen, and gives the terminal back. */
  end(): void
}

/** Plain lines now and then. */
export function plainDisplay(output: Output, clock: Clock): RaceDisplay {
  if (output.isQuiet) return { ...linesOf(output), progress: () => undefined, end: () => undefined }
  const plain = new PlainProgress((line) => output.info(line), clock)
  return { ...linesOf(output), progress: (progress) => plain.progress(progress), end: () => plain.end() }
}

/** Lines that change in place. What draws them is only loaded where there is somebody to look. */
export async function terminalDisplay(output: Output, terminal: NodeJS.WriteStream): Promise<RaceDisplay> {
  const { createLogUpdate } = await import('log-update')
  // The cursor stays: a program that dies must not leave a terminal without one.
  return { ...linesOf(output), ...liveProgress(output, terminal, createLogUpdate(terminal, { showCursor: true })) }
}

function linesOf(output: Output): Pick<RaceDisplay, 'info' | 'warning'> {
  return { info: (line) => output.info(printableLine(line)), warning: (line) => output.warning(printableLine(line)) }
}

/** Tasks that are done leave their last line above; the running ones change in place. */
function liveProgress(output: Output, terminal: NodeJS.WriteStream, update: LogUpdate): Pick<RaceDisplay, 'progress' | 'end'> {
  const ends = new TaskEnds((task) => output.info(endLine(task)))
  let latest: RaceProgress | null = null
  const draw = (): void => {
    if (latest === null) return
    // log-update ends with a line break of its own.
    const lines = terminalLines(latest, (terminal.columns || 80) - 1, Math.max(2, (terminal.rows || 24) - 2))
    if (lines.length > 0) update(lines.join('\n'))
    else update.clear()
  }
  output.live = { clear: () => update.clear(), draw }
  return {
    progress(progress) {
      latest = { ...progress, tasks: progress.tasks.filter((task) => task.phase !== 'done') }
      ends.see(progress)
      draw()
    },
    end() {
      latest = null
      update.clear()
      output.live = null
      ends.end()
    }
  }
}

function endLine(task: TaskProgress): string {
  const errors = task.errors === 0 ? '' : `, ${grouped(task.errors)} ${task.errors === 1 ? 'error' : 'errors'}`
  const done = task.phase === 'done' ? '[100% done]' : `[${Math.floor((task.completed ?? 0) * 100)}% done]`
  return `Running ${printableLine(task.task)} ${done}: ${grouped(task.requests)} ${task.requests === 1 ? 'request' : 'requests'}${errors}`
}

/** Notices when a task has ended: it says so, or its step is over. */
class TaskEnds {
  readonly #onEnd: (task: TaskProgress) => void
  readonly #open = new Map<string, TaskProgress>()
  readonly #ended = new Set<string>()
  #step = -1

  constructor(onEnd: (task: TaskProgress) => void) {
    this.#onEnd = onEnd
  }

  see(progress: RaceProgress): void {
    if (progress.step !== this.#step) {
      this.end()
      this.#ended.clear()
      this.#step = progress.step
    }
    for (const task of progress.tasks) {
      if (this.#ended.has(task.task)) continue
      this.#open.set(task.task, task)
      if (task.phase === 'done') this.#close(task)
    }
  }

  end(): void {
    for (const task of this.#open.values()) this.#close(task)
  }

  #close(task: TaskProgress): void {
    this.#open.delete(task.task)
    this.#ended.add(task.task)
    this.#onEnd(task)
  }
}

const PLAIN_EVERY_MS = 10_000

/** For logs: a line when a task starts, one about every ten seconds, one at its end. */
class PlainProgress {
  readonly #say: (line: string) => void
  readonly #clock: Clock
  readonly #ends: TaskEnds
  /** When a line was last said, by task; of waits, by what is waited for. */
  readonly #saidAtMs = new Map<string, number>()
  #step = -1

  constructor(say: (line: string) => void, clock: Clock) {
    this.#say = say
    this.#clock = clock
    this.#ends = new TaskEnds((task) => say(endLine(task)))
  }

  progress(progress: RaceProgress): void {
    if (progress.step !== this.#step) {
      this.#ends.see({ ...progress, tasks: [] })
      this.#saidAtMs.clear()
      this.#step = progress.step
    }
    for (const task of progress.tasks) {
      // One that is over when it is first seen has an end only.
      if (task.phase === 'done') continue
      if (!this.#saidAtMs.has(task.task)) this.#sayNow(task.task, `Running ${printableLine(task.task)}`)
      else if (this.#isDue(task.task)) this.#sayNow(task.task, `Running ${printableLine(task.task)}: ${taskFigures(task)}`)
    }
    this.#ends.see(progress)
    const wait = waitText(progress)
    // How far it has come is no news of its own.
    const key = `wait for ${(progress.waitingFor ?? '').replaceAll(/\d[\d.]*/g, '#')}`
    if (wait !== null && this.#isDue(key)) this.#sayNow(key, wait)
    for (const trouble of progress.troubles) {
      // `node b …`: the seconds in it change.
      const about = `trouble of ${trouble.split(' ', 2).join(' ')}`
      if (this.#isDue(about)) this.#sayNow(about, troubleText(trouble))
    }
  }

  end(): void {
    this.#ends.end()
  }

  #isDue(key: string): boolean {
    return this.#clock.monotonicMs() - (this.#saidAtMs.get(key) ?? -Infinity) >= PLAIN_EVERY_MS
  }

  #sayNow(key: string, line: string): void {
    this.#saidAtMs.set(key, this.#clock.monotonicMs())
    this.#say(line)
  }
}
