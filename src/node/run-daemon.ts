// The process of a daemon, from its settings to its end. Started in the background, it tells its launcher how that went, and lets go of it.

import { systemClock } from '../core/clock.ts'
import { messageOf, toWire } from '../core/errors.ts'
import { readKey } from '../protocol/cluster-key.ts'
import { Daemon } from './daemon.ts'
import { DaemonLog } from './daemon-log.ts'
import type { DaemonSettings } from './daemon-settings.ts'
import type { LaunchMessage } from './launch-daemon.ts'
import type { NodePlaces } from './node-places.ts'

/**
 * Resolves when the daemon was told to stop, and has; rejects with RallyError when it cannot start.
 * @param show of each line of its log, unless it runs in the background
 */
export async function runDaemon(settings: DaemonSettings, places: NodePlaces, show: (line: string) => void): Promise<void> {
  const isInBackground = process.channel !== undefined
  const log = new DaemonLog(places.logFile, systemClock, isInBackground ? null : show)
  const stopped = stopSignal()
  try {
    const daemon = new Daemon({ settings, key: await readKey(places.keyFile), log, places })
    await daemon.open()
    surviveBugs(log)
    await tellLauncher({ t: 'listening' })
    const signal = await stopped
    await daemon.close(signal === 'SIGINT' ? 'has been stopped (Ctrl-C)' : 'has been stopped')
  } catch (error) {
    await tellLauncher({ t: 'failed', error: toWire(error) })
    throw error
  }
}

function stopSignal(): Promise<NodeJS.Signals> {
  // Its terminal may go; the daemon stays.
  process.on('SIGHUP', () => undefined)
  return new Promise((resolve) => {
    for (const name of ['SIGTERM', 'SIGINT'] as const) process.on(name, resolve)
  })
}

/** A race that runs must not be lost for a mistake of ours about another visitor. */
function surviveBugs(log: DaemonLog): void {
  process.removeAllListeners('uncaughtException')
  process.on('uncaughtException', (error) => log.write('ERROR', `this is a bug in Rally: ${error.stack ?? messageOf(error)}`))
}

async function tellLauncher(message: LaunchMessage): Promise<void> {
  if (process.send === undefined || !process.connected) return
  await new Promise<void>((resolve) => process.send?.(message, undefined, undefined, () => resolve()))
  if (process.connected) process.disconnect()
}
