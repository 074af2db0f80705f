// Before a report is made of samples they are brought here, from every node that has some.

import { homedir } from 'node:os'
import { configDir, pulledDir, racesDir } from '../config/directories.ts'
import type { Config } from '../config/config.ts'
import { objectsAt, textAt } from '../core/json-path.ts'
import { countText, sizeText } from '../core/units.ts'
import { findRace } from '../metrics/race-store.ts'
import { findDaemon } from '../node/pid-file.ts'
import { knownNodes } from '../node/known-nodes.ts'
import { nodePlaces } from '../node/node-places.ts'
import { pullRace } from '../node/pull-race.ts'
import { readKey } from '../protocol/cluster-key.ts'
import type { CommandContext } from './command.ts'

/** What this machine has as a node itself stays where it is. Says what came, and which node could not be asked. */
export async function bringHere({ output, signal }: CommandContext, config: Config, race: string): Promise<void> {
  const places = nodePlaces(configDir(process.env, homedir()))
  const [key, { nodes }] = await Promise.all([readKey(places.keyFile), knownNodes(places)])
  const own = findDaemon(places.pidFile)?.settings.nodeName
  const took = await tookPart(config, race)
  const others = nodes.filter(({ node }) => node !== own && (took === null || took.has(node)))
  if (others.length === 0) return
  const pulls = await pullRace({ race, nodes: others, key, into: pulledDir(config, race), signal, progress: () => {} })
  for (const { node, pulled, trouble } of pulls) {
    if (trouble !== null) output.warning(`node ${node} cannot be asked for its samples: ${trouble.message}`)
    for (const problem of pulled?.problems ?? []) output.warning(problem)
    if (pulled !== null) output.info(`Node ${node}: ${countText(pulled.files)} files, ${sizeText(pulled.bytes)}.`)
  }
}

/** Names of the nodes that the record of the race knows; null: it tells of none, as long as the race runs and after a crash. */
async function tookPart(config: Config, race: string): Promise<ReadonlySet<string> | null> {
  const record = await findRace(racesDir(config), race).catch(() => null)
  const names = objectsAt(record?.document, 'nodes').flatMap((node) => textAt(node, 'name') ?? [])
  return names.length === 0 ? null : new Set(names)
}
