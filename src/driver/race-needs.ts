// What a race asks of a node, from its track and this node's part of the clients.

import type { LookupAddress } from 'node:dns'
import { lookup } from 'node:dns/promises'
import { numberOf } from '../core/json.ts'
import { readsCorpora, usedCorpora } from '../corpus/used-corpora.ts'
import type { Prepare } from '../protocol/messages.ts'
import { challengeToRun, tasksOf, type Task, type Track } from '../track/track.ts'
import { descriptorLimit, openDescriptors } from './descriptors.ts'
import { memoryAvailable, memoryTotal } from './machine-watch.ts'
import type { MachineFacts, RaceNeeds } from './preflight.ts'
import { portRange, tcpSockets } from './tcp-ports.ts'

export async function raceNeeds(track: Track, { clients, target }: Pick<Prepare, 'clients' | 'target'>, workers: number): Promise<RaceNeeds> {
  const corpora = usedCorpora(track)
  return {
    clients: clients.length,
    workers,
    hosts: await Promise.all(target.hosts.map(async ({ host, port }) => `${await addressOf(host)}:${port}`)),
    files: corpora.reduce((sum, corpus) => sum + corpus.documents.length, 0),
    bodyBytes: bodyBytes(track, clients.length)
  }
}

const lookupAll = (host: string): Promise<readonly LookupAddress[]> => lookup(host, { all: true })

/**
 * The address that connections to `localhost` go to, if it has but one; of several each connection takes one that answers. Other names
 * stay: they may lead elsewhere the next time, and asking for them may last.
 */
export async function addressOf(host: string, resolve = lookupAll): Promise<string> {
  if (host.toLowerCase() !== 'localhost') return host
  const addresses = new Set((await resolve(host).catch(() => [])).map(({ address }) => address))
  const [address] = addresses
  return address !== undefined && addresses.size === 1 ? address : host
}

export function machineFacts(): MachineFacts {
  return {
    descriptorLimit: descriptorLimit(),
    openDescriptors: openDescriptors(),
    ports: portRange(),
    sockets: tcpSockets(),
    memoryAvailable: memoryAvailable(),
    memoryTotal: memoryTotal()
  }
}

/** Of the element of the schedule with the most; each client holds one body at a time. */
function bodyBytes(track: Track, clients: number): number {
  const bytesPerDocument = meanDocumentBytes(track)
  const elements = challengeToRun(track)?.schedule ?? []
  return Math.max(0, ...elements.map((element) => tasksOf(element).reduce((sum, task) => sum + bodyBytesOf(task, clients) * bytesPerDocument, 0)))
}

/** Documents that the task's clients on this node hold. */
function bodyBytesOf({ operation, clients: wanted }: Task, clients: number): number {
  if (!readsCorpora(operation)) return 0
  return (numberOf(operation.params['bulk-size'] ?? null) ?? 0) * Math.min(wanted, clients)
}

function meanDocumentBytes(track: Track): number {
  let bytes = 0
  let documents = 0
  for (const { documents: sets } of usedCorpora(track)) {
    for (const { uncompressedSizeInBytes, numberOfDocuments } of sets) {
      if (uncompressedSizeInBytes === null) continue
      bytes += uncompressedSizeInBytes
      documents += numberOfDocuments
    }
  }
  return documents === 0 ? 0 : bytes / documents
}
