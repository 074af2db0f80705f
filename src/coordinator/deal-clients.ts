// Which node plays which clients, and what it is told for that: its own clients, and no more than it needs.

import { allocate, type Step } from '../allocation/allocation.ts'
import { assignClients, type NodeClients } from '../allocation/assignment.ts'
import { printJson } from '../core/json-print.ts'
import type { Prepare } from '../protocol/messages.ts'
import type { TargetOptions } from '../target/target-options.ts'
import type { ConnectedNode } from './connected-node.ts'
import { NO_SUPPLY } from './race-supply.ts'
import type { RaceRequest } from './race-request.ts'
import type { RaceSetup } from './race-setup.ts'

export interface DealtClients {
  /** Of the race. */
  readonly clients: number
  /** Nodes with clients, each with its part. */
  readonly nodes: readonly { readonly node: ConnectedNode; readonly prepare: Prepare }[]
  readonly shares: readonly NodeClients[]
  readonly steps: readonly Step[]
  /** There were more nodes than clients, or their weight is 0. */
  readonly idle: readonly ConnectedNode[]
}

/** Deals the race's clients to the nodes by their weights; throws RallyError('config') if no node can take one. */
export function dealClients(request: RaceRequest, setup: RaceSetup, nodes: readonly ConnectedNode[]): DealtClients {
  const { clients, steps } = allocate(setup.challenge.schedule)
  const shares = assignClients(clients, nodes)
  const parts = nodes.map((node, index) => ({ node, clients: shares[index]?.clients ?? [] }))
  const common = commonPart(request, setup)
  return {
    clients,
    nodes: parts.filter((part) => part.clients.length > 0).map((part) => ({ node: part.node, prepare: { ...common, clients: part.clients } })),
    shares,
    steps,
    idle: parts.filter((part) => part.clients.length === 0).map((part) => part.node)
  }
}

function commonPart(request: RaceRequest, setup: RaceSetup): Omit<Prepare, 'clients'> {
  const { options, facts: known } = setup.target
  const { raceId: race, seed, trackFolder, onError, enableAssertions, testMode, offline } = request
  const { distribution, version, isServerless, isServerlessOperator } = known
  return {
    race,
    seed,
    track: printJson({ ...request.track, challenges: [setup.challenge] }),
    trackFolder,
    supply: NO_SUPPLY,
    target: withoutSecrets(options),
    facts: { distribution, version, isServerless, isServerlessOperator },
    onError,
    enableAssertions,
    testMode,
    offline
  }
}

/** Secrets travel in a message of their own. */
function withoutSecrets({ engine, hosts, timeoutMs, acceptEncoding, compressRequests, headers, retries, tls }: TargetOptions): Prepare['target'] {
  return { engine, hosts, timeoutMs, acceptEncoding, compressRequests, headers, retries, tls }
}
