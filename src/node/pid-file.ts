// ~/.rally/daemon.pid: which process is the daemon of this home, and what it was told. It is the daemon's lock, too.

import { readFileSync } from 'node:fs'
import { rm } from 'node:fs/promises'
import { hostname } from 'node:os'
import { dirname } from 'node:path'
import { diskError } from '../core/atomic-file.ts'
import { RallyError, systemCode } from '../core/errors.ts'
import { makeFolder } from '../core/folder.ts'
import type { DaemonSettings } from './daemon-settings.ts'
import { openLocked } from './file-lock.ts'
import { identityOf, isRunning, type ProcessIdentity } from './process-table.ts'

export interface DaemonRecord {
  readonly process: ProcessIdentity
  /** Name of the machine, as the system says: homes may be shared over a network. */
  readonly host: string
  /** Wall clock, milliseconds since the epoch. */
  readonly startedAtMs: number
  readonly settings: DaemonSettings
  /** `10.0.0.2:1900`, or the path of its socket. */
  readonly listensAt: string
}

/** A pid file that is ours as long as this process lives. */
export interface PidClaim {
  /** Says what is known by now. */
  write(facts: Omit<DaemonRecord, 'process' | 'host'>): Promise<void>
  /** Removes it. */
  release(): Promise<void>
}

/** Takes the pid file for this process; throws RallyError('node') that names the daemon that has it. */
export async function claimPidFile(path: string): Promise<PidClaim> {
  await makeFolder(dirname(path)).catch((error: unknown) => {
    throw diskError(path, error)
  })
  const file = await openLocked(path)
  if (file === null) throw alreadyRunning(readRecord(path))
  const self = { process: identityOf(process.pid)!, host: hostname() }
  return {
    async write(facts) {
      try {
        await file.truncate(0)
        await file.write(`${JSON.stringify({ ...self, ...facts })}\n`, 0)
      } catch (error) {
        throw diskError(path, error)
      }
    },
    async release() {
      await rm(path, { force: true })
      await file.close()
    }
  }
}

/** The daemon of this home, if it runs on this machine; a pid file that it left behind, or another process with its id, is no daemon. */
export function findDaemon(path: string): DaemonRecord | null {
  const record = readRecord(path)
  return record !== null && isRunning(record.process) ? record : null
}

/** What the last daemon of this home was told, if it still runs or was killed: one that was stopped takes its pid file along. */
export function lastSettings(path: string): DaemonSettings | null {
  return readRecord(path)?.settings ?? null
}

export function alreadyRunning(record: DaemonRecord | null): RallyError {
  if (record === null)
    return new RallyError('node', 'another daemon of this home is just starting', { hint: 'look at `rally daemon status`' })
  const { settings, process: found, listensAt, host } = record
  const where = host === hostname() ? `pid ${found.pid}` : `on host ${host}, which shares this home`
  const hint = host === hostname() ? 'use `rally daemon restart` to start it anew' : 'set RALLY_HOME to a folder of this machine'
  return new RallyError('node', `the daemon of node ${settings.nodeName} runs already (${where}, at ${listensAt})`, { hint })
}

function readRecord(path: string): DaemonRecord | null {
  let text
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') return null
    throw new RallyError('node', `${path} cannot be read`, { cause: error, hint: 'give yourself the right to read it' })
  }
  try {
    const record = JSON.parse(text) as DaemonRecord
    return typeof record.process.pid === 'number' && typeof record.settings.nodeName === 'string' ? record : null
  } catch {
    // Empty: its owner has taken it, but said nothing yet. Or not ours at all: whoever starts next writes it anew.
    return null
  }
}
