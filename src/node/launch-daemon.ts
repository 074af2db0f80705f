// `rally daemon start`: a daemon in the background. It has let go of its caller's terminal and pipes before the caller is told
// that it listens, so that `ssh host rallyd start` ends.

import { spawn, type ChildProcess } from 'node:child_process'
import { closeSync, openSync, readdirSync, readFileSync } from 'node:fs'
import { dirname } from 'node:path'
import { diskError } from '../core/atomic-file.ts'
import { fromWire, RallyError, type WireError } from '../core/errors.ts'
import { makeFolderNow } from '../core/folder.ts'
import { toFlags, type DaemonSettings } from './daemon-settings.ts'
import { lastLines, sizeOf } from './daemon-log.ts'
import { alreadyRunning, findDaemon, type DaemonRecord } from './pid-file.ts'

/** What a daemon that starts in the background tells the one who started it. */
export type LaunchMessage = { readonly t: 'listening' } | { readonly t: 'failed'; readonly error: WireError }

export interface LaunchRequest {
  readonly settings: DaemonSettings
  /** The program's main file. */
  readonly program: string
  /** Holds `.rally`. */
  readonly home: string
  readonly environment: Readonly<Record<string, string | undefined>>
  readonly pidFile: string
  readonly logFile: string
}

const START_DEADLINE_MS = 20_000
const LOG_LINES = 12

/** Resolves when the daemon listens; throws RallyError('node') that says why it does not, with the end of its log. */
export async function launchDaemon(request: LaunchRequest): Promise<DaemonRecord> {
  const running = findDaemon(request.pidFile)
  if (running !== null) throw alreadyRunning(running)
  closeInherited()
  const logBytes = sizeOf(request.logFile)
  const child = spawnDaemon(request)
  try {
    const told = await firstWord(child)
    if (told.t === 'failed') throw fromWire(told.error)
    child.disconnect()
    child.unref()
    const record = findDaemon(request.pidFile)
    if (record === null) throw new RallyError('node', 'the daemon ended as soon as it listened')
    return record
  } catch (error) {
    child.kill('SIGKILL')
    throw error instanceof Silence ? new RallyError('node', error.message, { problems: endOfLog(request.logFile, logBytes) }) : error
  }
}

/** Flag of an open file that no other program gets (O_CLOEXEC), in /proc. */
const CLOSED_AT_EXEC = 0o2000000

/** What our caller had open and we do not know of would stay open in the daemon: somebody might wait for its end. */
function closeInherited(): void {
  for (const name of readdirSync('/proc/self/fdinfo')) {
    const fd = Number(name)
    if (fd <= 2) continue
    try {
      const flags = /^flags:\s*([0-7]+)/m.exec(readFileSync(`/proc/self/fdinfo/${fd}`, 'utf8'))?.[1] ?? '0'
      if ((Number.parseInt(flags, 8) & CLOSED_AT_EXEC) === 0) closeSync(fd)
    } catch {
      // The one with which the folder was read: it is closed already.
    }
  }
}

function spawnDaemon({ settings, program, home, environment, logFile }: LaunchRequest): ChildProcess {
  const log = openLog(logFile)
  try {
    const line = [...process.execArgv, program, 'daemon', 'start', '--foreground', ...toFlags(settings)]
    return spawn(process.execPath, line, {
      // A session of its own: no terminal, and no signal that is meant for the caller.
      detached: true,
      cwd: '/',
      env: { ...environment, RALLY_HOME: home },
      stdio: ['ignore', log, log, 'ipc']
    })
  } finally {
    closeSync(log)
  }
}

function openLog(file: string): number {
  try {
    makeFolderNow(dirname(file))
    return openSync(file, 'a')
  } catch (error) {
    throw diskError(file, error)
  }
}

/** It said nothing: its log may. */
class Silence extends Error {}

function firstWord(child: ChildProcess): Promise<LaunchMessage> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new Silence(`the daemon does not listen after ${START_DEADLINE_MS / 1000} s`)), START_DEADLINE_MS)
    child.once('error', reject)
    child.once('message', (message) => {
      clearTimeout(timer)
      resolve(message as LaunchMessage)
    })
    child.once('exit', (code, signal) => {
      clearTimeout(timer)
      const how = signal === null ? `code ${code}` : signal
      // Its own words, sent just before, may still be on their way.
      setImmediate(() => reject(new Silence(`the daemon ended while it started (${how})`)))
    })
  })
}

function endOfLog(logFile: string, fromBytes: number): string[] {
  const lines = lastLines(logFile, fromBytes, LOG_LINES)
  return lines.length === 0 ? [] : [`${logFile} ends with:`, ...lines]
}
