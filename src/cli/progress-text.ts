// The words and numbers of a race's progress.

import type { RaceProgress, TaskProgress } from '../coordinator/race-request.ts'
import { fit, widthOf } from './display-width.ts'
import { printableLine } from './printable.ts'

/** A wait shorter than this is not worth a word. */
export const WORTH_TELLING_SECONDS = 3
const NARROWEST_NAME = 8
const WIDEST_NAME = 40
const BAR_COLUMNS = 20

/** What the race waits for, or null. */
export function waitText({ waitingFor, waitingSeconds }: RaceProgress): string | null {
  if (waitingFor === null || waitingSeconds < WORTH_TELLING_SECONDS) return null
  return `Waiting for ${printableLine(waitingFor)} (${Math.floor(waitingSeconds)} s)`
}

/** Of a node that is silent. */
export function troubleText(trouble: string): string {
  return printableLine(`${trouble.slice(0, 1).toUpperCase()}${trouble.slice(1)}`)
}

/** `43 %, 1,234 docs/s, p50 3.20 ms, p99 12.1 ms, 2 errors`: as much as is known. */
export function taskFigures(task: TaskProgress): string {
  return [percentText(task) ?? `${grouped(task.requests)} requests`, rateText(task), p50Text(task), p99Text(task), errorText(task)]
    .filter((text) => text !== null)
    .join(', ')
}

/** One line for each task, none wider than `width`, no more than `height` in all. */
export function terminalLines(progress: RaceProgress, width: number, height: number): string[] {
  const wait = waitText(progress)
  const below = [...progress.troubles.map(troubleText), ...(wait === null ? [] : [wait])]
  const room = Math.max(1, height - below.length)
  const shown = progress.tasks.length > room ? progress.tasks.slice(0, room - 1) : progress.tasks
  const longest = Math.max(NARROWEST_NAME, ...shown.map((task) => widthOf(nameText(task))))
  const lines = shown.map((task) => taskLine(task, Math.min(longest, WIDEST_NAME), width))
  if (shown.length < progress.tasks.length) lines.push(`… and ${progress.tasks.length - shown.length} more`)
  lines.push(...below)
  return lines.slice(0, height).map((line) => fit(line, width).trimEnd())
}

function nameText(task: TaskProgress): string {
  return printableLine(task.task)
}

/** The most important figures that fit behind the name; the name gives way only when nothing else does. */
function taskLine(task: TaskProgress, nameColumns: number, width: number): string {
  const figures: readonly { readonly text: string | null; readonly columns: number; readonly rank: number }[] = [
    { text: barText(task), columns: BAR_COLUMNS + 2, rank: 5 },
    { text: percentText(task) ?? '', columns: 5, rank: 0 },
    { text: rateText(task), columns: 14, rank: 2 },
    { text: p50Text(task), columns: 12, rank: 4 },
    { text: p99Text(task), columns: 12, rank: 3 },
    { text: task.phase === 'warmup' ? 'warm-up' : task.phase === 'done' ? 'done' : null, columns: 7, rank: 6 },
    { text: errorText(task), columns: 9, rank: task.errors > 0 ? 1 : 7 }
  ]
  let kept = figures
  const lineOf = (name: number): string =>
    [fit(nameText(task), name), ...kept.map(({ text, columns }) => (text ?? '').padStart(columns))].join('  ').trimEnd()
  while (kept.length > 0 && widthOf(lineOf(nameColumns)) > width) {
    const least = Math.max(...kept.map(({ rank }) => rank))
    kept = kept.filter(({ rank }) => rank !== least)
  }
  return lineOf(Math.max(NARROWEST_NAME, Math.min(nameColumns, width)))
}

function barText({ completed }: TaskProgress): string | null {
  if (completed === null) return null
  const full = Math.round(Math.min(1, Math.max(0, completed)) * BAR_COLUMNS)
  return `[${'='.repeat(full)}${' '.repeat(BAR_COLUMNS - full)}]`
}

function percentText({ completed }: TaskProgress): string | null {
  return completed === null ? null : `${Math.floor(Math.min(1, Math.max(0, completed)) * 100)} %`
}

function rateText({ throughput, unit }: TaskProgress): string {
  return `${rate(throughput)} ${printableLine(unit)}/s`
}

function p50Text({ p50Ms }: TaskProgress): string | null {
  return p50Ms === null ? null : `p50 ${milliseconds(p50Ms)}`
}

function p99Text({ p99Ms }: TaskProgress): string | null {
  return p99Ms === null ? null : `p99 ${milliseconds(p99Ms)}`
}

function errorText({ errors }: TaskProgress): string {
  return errors === 1 ? '1 error' : `${grouped(errors)} errors`
}

/** Three significant digits at least: `1.23 ms`, `12.3 ms`, `1,234 ms`. */
function milliseconds(ms: number): string {
  return `${ms < 10 ? ms.toFixed(2) : ms < 100 ? ms.toFixed(1) : grouped(Math.round(ms))} ms`
}

function rate(value: number): string {
  return value > 0 && value < 100 ? value.toFixed(1) : grouped(Math.round(value))
}

export function grouped(value: number): string {
  return String(value).replaceAll(/\B(?=(?:\d{3})+$)/g, ',')
}
