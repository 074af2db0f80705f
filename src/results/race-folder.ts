// Where a node keeps what it measured in a race: `<race-id>/{chunks/, snapshots/}`, with a file for each session that wrote there.
// That file is Rally's mark: a folder without one is never removed.

import { readdir, readFile, rm, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { diskError, writeFileAtomically } from '../core/atomic-file.ts'
import { systemClock } from '../core/clock.ts'
import { RallyError, systemCode } from '../core/errors.ts'
import { makeFolder } from '../core/folder.ts'

export interface SessionFacts {
  readonly race: string
  readonly node: string
  readonly epoch: string
}

export interface RaceFolder {
  readonly path: string
  readonly chunks: string
  readonly snapshots: string
  readonly session: SessionFacts
  /** The session writes no more. @param bytes what it has written */
  close(bytes: number): Promise<void>
}

interface SessionMark extends SessionFacts {
  /** Name of the machine, or container: homes may be shared. */
  readonly host: string
  readonly pid: number
  readonly 'opened-at-ms': number
  readonly 'closed-at-ms'?: number
  readonly bytes?: number
}

/** A race that left something on this machine. */
export interface KeptRace {
  readonly race: string
  readonly path: string
  /** A session has it open, and its process lives. */
  readonly isRunning: boolean
  /** Every session has closed it; false though nobody runs: one was killed, or lives on another machine that shares this home. */
  readonly isClosed: boolean
  /** Wall clock, of what was written last. */
  readonly lastAtMs: number
  /** As its sessions told when they closed; null: not known. */
  readonly bytes: number | null
}

/** Makes the folder of a race below `dir`; what an earlier race of the same id left there goes. Throws RallyError. */
export async function openRaceFolder(dir: string, session: SessionFacts): Promise<RaceFolder> {
  const path = raceFolderPath(dir, session.race)
  const [chunks, snapshots] = [join(path, 'chunks'), join(path, 'snapshots')]
  const mark: SessionMark = { ...session, host: hostname(), pid: process.pid, 'opened-at-ms': systemClock.wallMs() }
  const write = (content: SessionMark): Promise<void> => writeFileAtomically(join(path, markName(session.epoch)), `${JSON.stringify(content)}\n`)
  for (const folder of [chunks, snapshots]) await makeFolder(folder).catch((error: unknown) => cannot(folder, error))
  await write(mark)
  await removeDeadSessions(path).catch((error: unknown) => cannot(path, error))
  const close = (bytes: number): Promise<void> => write({ ...mark, 'closed-at-ms': systemClock.wallMs(), bytes })
  return { path, chunks, snapshots, session, close }
}

/** Files carry the epoch of their session in their name: those of sessions that live beside this one stay. */
async function removeDeadSessions(path: string): Promise<void> {
  const dead = (await marksOf(path)).filter((mark) => mark['closed-at-ms'] !== undefined || (mark.host === hostname() && !isProcessAlive(mark.pid)))
  if (dead.length === 0) return
  const isDead = (name: string): boolean => dead.some(({ epoch }) => name === markName(epoch) || name.startsWith(`${epoch}-`))
  for (const folder of [path, join(path, 'chunks'), join(path, 'snapshots')]) {
    for (const name of await readdir(folder)) if (isDead(name)) await rm(join(folder, name))
  }
}

/** Throws RallyError('race') for an id that would lead out of the folder. */
export function raceFolderPath(dir: string, race: string): string {
  if (!/^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$/.test(race)) throw new RallyError('race', `race id ${JSON.stringify(race)} cannot name a folder`, { hint: 'use letters, digits, - and _' })
  return join(dir, race)
}

/** All races below `dir` that carry Rally's mark; none if there is no such folder. */
export async function keptRaces(dir: string): Promise<KeptRace[]> {
  const names = await readdir(dir).catch((error: unknown) => (systemCode(error) === 'ENOENT' ? [] : cannot(dir, error)))
  const races = await Promise.all(names.map((name) => keptRace(dir, name)))
  return races.filter((race) => race !== null)
}

/** null: it left nothing here, or the folder is not Rally's. */
export async function keptRace(dir: string, race: string): Promise<KeptRace | null> {
  const path = join(dir, race)
  const marks = await marksOf(path)
  if (marks.length === 0) return null
  const open = marks.filter((mark) => mark['closed-at-ms'] === undefined)
  const lastAtMs = Math.max(await lastWrittenMs(path), ...marks.map((mark) => mark['closed-at-ms'] ?? mark['opened-at-ms']))
  return { race, path, isRunning: open.some((mark) => mark.host === hostname() && isProcessAlive(mark.pid)), isClosed: open.length === 0, lastAtMs, bytes: sumOf(marks.map((mark) => mark.bytes)) }
}

async function marksOf(path: string): Promise<SessionMark[]> {
  const names = await readdir(path).catch(() => [])
  const marks = names.map(async (name) => {
    const epoch = MARK.exec(name)?.[1]
    if (epoch === undefined) return []
    try {
      return [{ ...(JSON.parse(await readFile(join(path, name), 'utf8')) as SessionMark), epoch }]
    } catch {
      // A disk that lost it: the folder is Rally's all the same.
      return [{ race: '', node: '', epoch, host: hostname(), pid: 0, 'opened-at-ms': 0 }]
    }
  })
  return (await Promise.all(marks)).flat()
}

async function lastWrittenMs(path: string): Promise<number> {
  const stats = await Promise.all([path, join(path, 'chunks'), join(path, 'snapshots')].map((folder) => stat(folder).catch(() => null)))
  return Math.max(0, ...stats.map((one) => one?.mtimeMs ?? 0))
}

function sumOf(bytes: readonly (number | undefined)[]): number | null {
  return bytes.reduce<number | null>((sum, one) => (sum === null || one === undefined ? null : sum + one), 0)
}

/** Whether a process of this machine lives, whoever's it is. */
export function isProcessAlive(pid: number): boolean {
  if (pid <= 0) return false
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // It lives, and is another user's.
    return systemCode(error) === 'EPERM'
  }
}

const MARK = /^session-([0-9a-f]+)\.json$/

function markName(epoch: string): string {
  return `session-${epoch}.json`
}

function cannot(path: string, error: unknown): never {
  throw diskError(path, error)
}
