// Whether this machine can play its clients at all, asked before the first request: descriptors, ports and memory. What cannot be
// is an error, what may fail a warning; each is one line with its numbers and what to do.

import { RallyError } from '../core/errors.ts'
import { countText, sizeText } from '../core/units.ts'

/** What the race asks of this node. */
export interface RaceNeeds {
  readonly clients: number
  readonly workers: number
  /** `host:port` of the target's addresses, the same text for the same address as far as it is known; each client holds a connection to each. */
  readonly hosts: readonly string[]
  /** Files that the workers read. */
  readonly files: number
  /** Bodies that all clients together hold while they send them. */
  readonly bodyBytes: number
}

/** What this machine has; null: it does not tell. */
export interface MachineFacts {
  readonly descriptorLimit: number | null
  readonly openDescriptors: number | null
  readonly ports: number | null
  readonly sockets: number | null
  readonly memoryAvailable: number | null
  readonly memoryTotal: number
}

export interface Findings {
  readonly problems: readonly string[]
  readonly warnings: readonly string[]
}

/** Measured with searches: the process grows by 54 kB a client (1,000 clients, one worker), by 31 kB with 3,000; 74 MB came with a worker. */
const BYTES_PER_CLIENT = 60_000
const BYTES_PER_WORKER = 75_000_000
/** A thread's own: its event loop, timers and pipe (5 more were open with one worker and one client). */
const DESCRIPTORS_PER_WORKER = 4
/** For what comes and goes: files that are written, questions to the target. */
const SPARE_DESCRIPTORS = 16
/** Node.js uses all of the hard limit already, beyond which only root gets. */
const ABOVE_HARD = 'as root, before Rally (on a node: its daemon) starts, or nofile in /etc/security/limits.conf: it is the hard limit that is reached'
/** From here on it may just not be enough. */
const NEARLY_ALL = 0.9

/** Throws RallyError('node') where the race cannot run on this machine; returns the doubts. */
export function preflight(node: string, needs: RaceNeeds, facts: MachineFacts): readonly string[] {
  const all = [descriptors(needs, facts), ports(needs, facts), memory(needs, facts)]
  const problems = all.flatMap((one) => one.problems)
  if (problems.length === 0) return all.flatMap((one) => one.warnings)
  const clients = `${countText(needs.clients)} clients`
  if (problems.length === 1) throw new RallyError('node', `node ${node} cannot play ${clients}: ${problems[0]!}`, { hint: HINT })
  throw new RallyError('node', `node ${node} cannot play ${clients}`, { problems, hint: HINT })
}

const HINT = 'do that, or use fewer clients, or share them out with --load-driver-hosts'

export function descriptors({ clients, workers, hosts, files }: RaceNeeds, { descriptorLimit: limit, openDescriptors: open }: MachineFacts): Findings {
  if (limit === null || open === null) return NOTHING
  const connections = clients * hosts.length
  const needed = open + connections + workers * (DESCRIPTORS_PER_WORKER + files)
  const why = `${countText(needed)} file descriptors are needed (${countText(connections)} for connections), ${countText(limit)} are allowed`
  const todo = `raise the limit: ulimit -n ${roundUp(Math.max(needed + SPARE_DESCRIPTORS, needed / NEARLY_ALL))}, ${ABOVE_HARD}`
  if (needed > limit) return { problems: [`${why}; ${todo}`], warnings: [] }
  const isTight = needed + SPARE_DESCRIPTORS > limit || needed > limit * NEARLY_ALL
  return { problems: [], warnings: isTight ? [`${why}: connections that are opened anew may fail; ${todo}`] : [] }
}

export function ports({ clients, hosts }: RaceNeeds, { ports: range, sockets }: MachineFacts): Findings {
  if (range === null) return NOTHING
  const perAddress = new Map<string, number>()
  for (const host of hosts) perAddress.set(host, (perAddress.get(host) ?? 0) + clients)
  const needed = Math.max(0, ...perAddress.values())
  const why = `${countText(needed)} ports are needed for connections to one address, ${countText(range)} are in net.ipv4.ip_local_port_range`
  const todo = 'widen it (sysctl -w net.ipv4.ip_local_port_range="1024 65535"), or name more target hosts'
  if (needed > range) return { problems: [`${why}; ${todo}`], warnings: [] }
  const isTight = needed + (sockets ?? 0) > range * NEARLY_ALL
  const others = sockets === null ? '' : ` and ${countText(sockets)} sockets are open already`
  return { problems: [], warnings: isTight ? [`${why}${others}: connections that are opened anew may fail; ${todo}`] : [] }
}

export function memory({ clients, workers, bodyBytes }: RaceNeeds, { memoryAvailable: available, memoryTotal: total }: MachineFacts): Findings {
  const needed = clients * BYTES_PER_CLIENT + workers * BYTES_PER_WORKER + bodyBytes
  const bodies = bodyBytes === 0 ? '' : `, ${sizeText(bodyBytes)} of it for bodies of bulks`
  const why = `about ${sizeText(needed)} of memory are needed${bodies}`
  const todo = 'use fewer clients, smaller bulks (bulk-size), or a machine with more memory'
  if (needed > total) return { problems: [`${why}, the machine has ${sizeText(total)}; ${todo}`], warnings: [] }
  const isTight = available !== null && needed > available * NEARLY_ALL
  return { problems: [], warnings: isTight ? [`${why}, ${sizeText(available)} are free: the race may swap or run out of it; ${todo}`] : [] }
}

const NOTHING: Findings = { problems: [], warnings: [] }

/** What leaves no doubt is above any limit that leaves one. */
function roundUp(descriptorCount: number): number {
  return 2 ** Math.ceil(Math.log2(descriptorCount))
}
