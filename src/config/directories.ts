// Where everything is on disk. The same places as Elastic Rally's: shared caches save gigabytes.

import { join, resolve } from 'node:path'
import type { Config } from './config.ts'

export type Environment = Readonly<Record<string, string | undefined>>

/** `$RALLY_HOME/.rally` or `~/.rally`. Absolute. */
export function configDir(environment: Environment, homeDir: string): string {
  const home = environment['RALLY_HOME']
  return resolve(home === undefined || home === '' ? homeDir : home, '.rally')
}

/** `rally.ini`, or `rally-<name>.ini`. */
export function iniFile(confDir: string, configurationName: string | null): string {
  return join(confDir, configurationName === null ? 'rally.ini' : `rally-${configurationName}.ini`)
}

export function logFile(confDir: string): string {
  return join(confDir, 'logs', 'rally.log')
}

/** What the daemon did. */
export function daemonLogFile(confDir: string): string {
  return join(confDir, 'logs', 'daemon.log')
}

/** Who the daemon of this home is. */
export function daemonPidFile(confDir: string): string {
  return join(confDir, 'daemon.pid')
}

/** What a node keeps of the races it took part in, a folder each; the sockets in it begin with a dot, which no race id does. */
export function nodeDir(confDir: string): string {
  return join(confDir, 'node')
}

export function daemonSocket(confDir: string): string {
  return join(nodeDir(confDir), '.daemon.sock')
}

/** Keys, and which nodes are known. */
export function clusterDir(confDir: string): string {
  return join(confDir, 'cluster')
}

/** On the coordinator the key of the cluster, on a node its own. */
export function clusterKeyFile(confDir: string): string {
  return join(clusterDir(confDir), 'key')
}

export function racesDir(config: Config): string {
  return join(config.node.rootDir, 'races')
}

/** Of one race; its id is checked by `isRaceId`. */
export function raceDir(config: Config, raceId: string): string {
  return join(racesDir(config), raceId)
}

/** Git repositories of tracks, one folder each. */
export function trackRepositoriesDir(config: Config): string {
  return join(config.node.rootDir, 'tracks')
}

/** Data files of the corpora, one folder each. */
export function dataDir(config: Config): string {
  return config.benchmarks.localDatasetCache
}

/** What was pulled of a race from its nodes, a folder each. */
export function pulledDir(config: Config, raceId: string): string {
  return join(raceDir(config, raceId), 'results')
}

/** Whether a text may name a race, and so its folder. */
export function isRaceId(text: string): boolean {
  return /^[A-Za-z0-9_][A-Za-z0-9._-]{0,199}$/.test(text)
}
