// `rally daemon start|stop|restart|status`, and `rallyd`.

import { hostname, homedir } from 'node:os'
import { dirname } from 'node:path'
import { fileURLToPath } from 'node:url'
import { configDir } from '../config/directories.ts'
import { RallyError } from '../core/errors.ts'
import { DEFAULT_PORT, type DaemonSettings } from '../node/daemon-settings.ts'
import { runDaemon } from '../node/run-daemon.ts'
import { launchDaemon } from '../node/launch-daemon.ts'
import { nodePlaces, type NodePlaces } from '../node/node-places.ts'
import { findDaemon, lastSettings, type DaemonRecord } from '../node/pid-file.ts'
import { stopDaemon } from '../node/stop-daemon.ts'
import { nodeKeyOf, readKey } from '../protocol/cluster-key.ts'
import { isNodeId } from '../protocol/node-address.ts'
import type { Command, CommandContext } from './command.ts'
import { printDaemonStatus } from './daemon-status.ts'
import { isOn, textOf, type FlagValues } from './flag-values.ts'

export const daemonCommand: Command = async (context) => {
  await ACTIONS[context.argument as keyof typeof ACTIONS](context, nodePlaces(configDir(process.env, homedir())))
}

const ACTIONS = { start, stop, restart, status: printDaemonStatus } as const

async function start(context: CommandContext, places: NodePlaces): Promise<void> {
  const settings = settingsOf(context.flags, null)
  if (isOn(context.flags, 'foreground')) await inForeground(context, settings, places)
  else await inBackground(context, settings, places)
}

async function stop({ output }: CommandContext, places: NodePlaces): Promise<void> {
  const { record, wasKilled } = await stopDaemon(places.pidFile)
  output.print(
    `The daemon of node ${record.settings.nodeName} (pid ${record.process.pid}) ${wasKilled ? 'did not end by itself and was killed' : 'has ended'}.`
  )
}

/** What no flag says is as it was, also when the daemon was killed. One that could not start again is not stopped. */
async function restart(context: CommandContext, places: NodePlaces): Promise<void> {
  const settings = settingsOf(context.flags, lastSettings(places.pidFile))
  const key = await readKey(places.keyFile)
  if (key !== null && settings.nodeIp !== null) nodeKeyOf(key, settings.nodeName)
  if (findDaemon(places.pidFile) !== null) await stop(context, places)
  await inBackground(context, settings, places)
}

async function inBackground({ output }: CommandContext, settings: DaemonSettings, places: NodePlaces): Promise<void> {
  const record = await launchDaemon({
    settings,
    program: fileURLToPath(new URL(`./main.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url)),
    home: dirname(places.confDir),
    environment: process.env,
    ...places
  })
  output.print(startedText(record, (await readKey(places.keyFile)) !== null, places))
}

async function inForeground({ output, takeSignals }: CommandContext, settings: DaemonSettings, places: NodePlaces): Promise<void> {
  takeSignals()
  await runDaemon(settings, places, (line) => output.errorDetail(line))
}

/** In `--load-driver-hosts`. */
const OWN_NAME = 'localhost'

/** Throws RallyError('usage') for a name that no node can have. */
function settingsOf(flags: FlagValues, before: DaemonSettings | null): DaemonSettings {
  const port = (flags.get('port') as number | undefined) ?? before?.port ?? DEFAULT_PORT
  const coordinator = flags.get('coordinator-ip') as { readonly host: string; readonly port: number | null } | undefined
  const nodeName = textOf(flags, 'node-name') ?? before?.nodeName ?? hostname()
  if (!isNodeId(nodeName))
    throw new RallyError('usage', `this machine's name "${nodeName}" cannot be a node's`, { hint: 'name the node: --node-name=NAME' })
  const nodeIp = textOf(flags, 'node-ip') ?? before?.nodeIp ?? null
  if (nodeName === OWN_NAME && nodeIp !== null)
    throw new RallyError('usage', `a node that others shall find cannot be called ${OWN_NAME}: that is what a race calls its own machine`, {
      hint: 'name the node: --node-name=NAME'
    })
  return {
    nodeName,
    nodeIp,
    port,
    coordinator: coordinator === undefined ? (before?.coordinator ?? null) : { host: coordinator.host, port: coordinator.port ?? port }
  }
}

function startedText({ settings, listensAt, process: found }: DaemonRecord, hasKey: boolean, { logFile }: NodePlaces): string {
  const { nodeName, nodeIp } = settings
  const lines = [`Node ${nodeName} listens at ${listensAt} (pid ${found.pid}, log ${logFile}).`]
  if (!hasKey) {
    lines.push('It has no key, so that only this user of this machine can reach it. To let a coordinator in, run there')
    lines.push(`  rally cluster key export --node ${nodeName} | ssh ${hostname()} rally cluster key import`)
    lines.push('and then `rally daemon restart` here.')
  } else if (nodeIp === null) {
    lines.push('Without --node-ip, only this user of this machine can reach it.')
  }
  return lines.join('\n')
}
