// Where everything of a daemon is on disk.

import { join } from 'node:path'
import { clusterDir, clusterKeyFile, daemonLogFile, daemonPidFile, daemonSocket, nodeDir } from '../config/directories.ts'

export interface NodePlaces {
  readonly confDir: string
  readonly pidFile: string
  readonly socket: string
  readonly logFile: string
  /** Of the races. */
  readonly folder: string
  readonly keyFile: string
  readonly membersFile: string
  readonly inventoryFile: string
}

export function nodePlaces(confDir: string): NodePlaces {
  const cluster = clusterDir(confDir)
  return {
    confDir,
    pidFile: daemonPidFile(confDir),
    socket: daemonSocket(confDir),
    logFile: daemonLogFile(confDir),
    folder: nodeDir(confDir),
    keyFile: clusterKeyFile(confDir),
    membersFile: join(cluster, 'members.json'),
    inventoryFile: join(cluster, 'inventory.json')
  }
}
