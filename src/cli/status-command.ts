// `rally status`: every node that this machine knows, and what it does.

import { homedir } from 'node:os'
import { setTimeout as wait } from 'node:timers/promises'
import pc from 'picocolors'
import { configDir } from '../config/directories.ts'
import { systemClock } from '../core/clock.ts'
import { RallyError } from '../core/errors.ts'
import { printJson } from '../core/json-print.ts'
import { knownNodes, type KnownNodes } from '../node/known-nodes.ts'
import { nodePlaces, type NodePlaces } from '../node/node-places.ts'
import { probeNode, type ProbedNode } from '../node/probe-node.ts'
import { readKey } from '../protocol/cluster-key.ts'
import { thisProgram } from '../protocol/program.ts'
import { addressText } from '../protocol/transport.ts'
import type { Command, CommandContext } from './command.ts'
import { isOn } from './flag-values.ts'
import { statusJson } from './status-json.ts'
import { fleetProblems, fleetTable, type FleetProblem, type Mood } from './status-table.ts'

/** Between two looks of `--watch`. */
const WATCH_EVERY_MS = 2000

export const statusCommand: Command = async (context) => {
  const places = nodePlaces(configDir(process.env, homedir()))
  if (isOn(context.flags, 'watch')) return watch(context, places)
  const fleet = await look(places)
  show(context, fleet)
  if (fleet.problems.length > 0) throw asError(fleet.problems)
}

interface Fleet {
  readonly nodes: readonly ProbedNode[]
  readonly coordinatorDaemon: KnownNodes['coordinatorDaemon']
  readonly problems: readonly FleetProblem[]
}

async function look(places: NodePlaces): Promise<Fleet> {
  const [key, known] = await Promise.all([readKey(places.keyFile), knownNodes(places)])
  const { program } = thisProgram()
  const nodes = await Promise.all(known.nodes.map((node) => probeNode(node, key)))
  const problems = nodes.length === 0 ? [NO_NODES] : fleetProblems(nodes, program)
  return { nodes, coordinatorDaemon: known.coordinatorDaemon, problems }
}

const NO_NODES: FleetProblem = {
  text: 'no node is known here',
  hint: 'start a daemon on this machine with --coordinator-ip equal to its --node-ip, and on each node with the same --coordinator-ip'
}

/** Never ends by itself; what is wrong is shown, and may be over at the next look. */
async function watch(context: CommandContext, places: NodePlaces): Promise<never> {
  for (;;) {
    const fleet = await look(places)
    const isTerminal = process.stdout.isTTY && !isOn(context.flags, 'json')
    // Up and clear: the table stays where it is.
    if (isTerminal) process.stdout.write('\u001b[H\u001b[2J')
    show(context, fleet)
    for (const { text, hint } of fleet.problems) context.output.errorDetail(`  - ${text} (${hint})`)
    await wait(WATCH_EVERY_MS, undefined, { signal: context.signal })
  }
}

function show({ flags, output }: CommandContext, { nodes, coordinatorDaemon }: Fleet): void {
  if (isOn(flags, 'json')) {
    output.printJson(printJson({ 'coordinator-daemon': coordinatorDaemon, nodes: nodes.map(nodeJson) }, { indent: 2 }))
    return
  }
  const colours = pc.createColors(output.stdoutHasColours)
  const paints: Readonly<Record<Mood, (text: string) => string>> = {
    good: colours.green,
    busy: colours.yellow,
    bad: colours.red,
    faint: colours.bold
  }
  if (nodes.length > 0)
    output.print(
      fleetTable(nodes, { nowMs: systemClock.wallMs(), paint: (mood, text) => paints[mood](text), width: process.stdout.columns ?? null })
    )
  if (coordinatorDaemon === 'down')
    output.print("The coordinator's daemon is down: these are the nodes it knew last. `rally daemon start` brings it back.")
}

function nodeJson(probed: ProbedNode): object {
  const address = addressText(probed.address)
  const lastSeen = probed.seenMs === null ? null : new Date(probed.seenMs).toISOString()
  if (probed.answer === null) {
    const { message, hint } = probed.trouble
    return { node: probed.node, address, state: 'unreachable', 'last-seen': lastSeen, trouble: message, hint }
  }
  const { status, roundTripMs, clockOffsetMs } = probed.answer
  return { ...statusJson(status), address, 'last-seen': lastSeen, 'clock-offset-ms': clockOffsetMs, 'round-trip-ms': roundTripMs }
}

function asError(problems: readonly FleetProblem[]): RallyError {
  const [first, ...more] = problems
  if (more.length === 0) return new RallyError('node', first!.text, { hint: first!.hint })
  const hints = [...new Set(problems.map(({ hint }) => hint))]
  return new RallyError('node', `${problems.length} nodes need attention`, {
    problems: problems.map(({ text }) => text),
    hint: hints.join('; ')
  })
}
