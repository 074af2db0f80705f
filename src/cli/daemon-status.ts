// `rally daemon status`: the daemon of this machine.

import { printJson } from '../core/json-print.ts'
import { RallyError } from '../core/errors.ts'
import { sizeText } from '../core/units.ts'
import { askDaemon } from '../node/ask-daemon.ts'
import type { NodePlaces } from '../node/node-places.ts'
import { findDaemon, type DaemonRecord } from '../node/pid-file.ts'
import { thisProgram } from '../protocol/program.ts'
import type { NodeStatus } from '../protocol/status-messages.ts'
import type { CommandContext } from './command.ts'
import { isOn } from './flag-values.ts'
import { chunksText, forText, freeDiskText, programText, stateText } from './node-text.ts'
import { statusJson } from './status-json.ts'

/** Throws RallyError('node') when something is wrong, after all was shown. */
export async function printDaemonStatus({ flags, output }: CommandContext, places: NodePlaces): Promise<void> {
  const record = findDaemon(places.pidFile)
  if (record === null) {
    if (isOn(flags, 'json')) output.printJson(printJson({ daemon: null }, { indent: 2 }))
    throw new RallyError('node', 'no daemon of this home runs', { hint: 'start one with `rally daemon start`' })
  }
  const status = await askRunning(record, places)
  if (isOn(flags, 'json')) output.printJson(printJson({ daemon: daemonJson(record, status, places) }, { indent: 2 }))
  else output.print(daemonText(record, status, places))
  const wrong = await problemOf(status)
  if (wrong !== null) throw wrong
}

async function askRunning({ process: { pid }, settings }: DaemonRecord, { socket, logFile }: NodePlaces): Promise<NodeStatus> {
  try {
    return await askDaemon(socket, { t: 'ask-status', seq: 1 })
  } catch (error) {
    throw new RallyError('node', `the daemon of node ${settings.nodeName} is there (pid ${pid}), but does not answer`, {
      cause: error,
      hint: `look into ${logFile}; \`rally daemon restart\` ends it whatever it does`
    })
  }
}

function daemonText({ process: { pid }, listensAt }: DaemonRecord, status: NodeStatus, { logFile }: NodePlaces): string {
  const { facts, state, coordinator, version, program, upMs } = status
  const rows: [string, string][] = [
    ['Node', status.node],
    ['Listens at', listensAt],
    ['State', state.is === 'idle' ? 'idle' : `${stateText(state)}, of ${state.owner}, for ${forText(state.forMs)}`],
    ['Coordinator', coordinator === null ? 'none was named (--coordinator-ip)' : `${coordinator.address}: ${coordinator.state}`],
    ['Version', `${version}, program ${programText(program)}`],
    [
      'Machine',
      `${facts.cores} cores, ${sizeText(facts.memoryBytes)} memory, ${freeDiskText(facts)} free on disk, ${facts.os}, Node.js ${facts.runtime}`
    ],
    ['Chunks', chunksText(status.chunks)],
    ['Up', `${forText(upMs)} (pid ${pid})`],
    ['Log', logFile]
  ]
  const width = Math.max(...rows.map(([name]) => name.length))
  return rows.map(([name, text]) => `${name.padEnd(width)}  ${text}`).join('\n')
}

function daemonJson({ process: { pid }, listensAt, startedAtMs }: DaemonRecord, status: NodeStatus, { logFile }: NodePlaces): object {
  return {
    ...statusJson(status),
    'listens-at': listensAt,
    pid,
    'started-at': new Date(startedAtMs).toISOString(),
    coordinator:
      status.coordinator === null
        ? null
        : { address: status.coordinator.address, connected: status.coordinator.isConnected, state: status.coordinator.state },
    log: logFile
  }
}

async function problemOf({ coordinator, program }: NodeStatus): Promise<RallyError | null> {
  if (thisProgram().program !== program) {
    return new RallyError('node', 'the daemon runs another version than this program', { hint: 'run `rally daemon restart`' })
  }
  if (coordinator === null || coordinator.isConnected) return null
  return new RallyError('node', `the coordinator's daemon at ${coordinator.address} does not know this node: ${coordinator.state}`, {
    hint: 'races find this node by its address all the same; to have it in `rally status`, run `rally daemon start` on the coordinator'
  })
}
