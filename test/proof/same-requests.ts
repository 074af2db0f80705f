// Proof 6 and 9, request by request: what four workers send is what one sends, in each client's order.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { HttpEngine } from '../../src/target/target-options.ts'
import { buildCorpus, buildOperation, buildTask, buildTrack } from '../helpers/build-track.ts'
import { runSchedule } from '../helpers/run-schedule.ts'
import { startStubCluster } from '../helpers/stub-cluster.ts'
import { exactly, type Proven } from './proven.ts'

const DOCUMENTS = 5000
const CLIENTS = 6
/** Random choices of a client, too: ids that come again. */
const BULK = { 'bulk-size': 50, conflicts: 'random', 'conflict-probability': 30, 'on-conflict': 'index' }

export async function sameRequests(engine: HttpEngine): Promise<Proven[]> {
  const folder = mkdtempSync(join(tmpdir(), 'rally-proof-'))
  try {
    writeFileSync(join(folder, 'documents.json'), Array.from({ length: DOCUMENTS }, (_, n) => `{"n":${n}}\n`).join(''))
    const one = await bodiesByClient(folder, { engine, workers: 1 })
    const proven = [
      exactly('same requests, bulk of 5,000 documents by 6 clients, 1 worker: documents sent', '', {
        expected: DOCUMENTS,
        measured: documentsIn(one)
      })
    ]
    for (const workers of [2, 4]) {
      const others = await bodiesByClient(folder, { engine, workers })
      const differing = [...one].filter((bodies) => !others.has(bodies)).length + Math.abs(others.size - one.size)
      proven.push(
        exactly(`same requests, ${workers} workers: clients whose requests differ from those of 1 worker`, '', {
          expected: 0,
          measured: differing
        })
      )
    }
    return proven
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

/** All bodies of each connection, in order: a client has one of its own. */
async function bodiesByClient(folder: string, sender: { readonly engine: HttpEngine; readonly workers: number }): Promise<Set<string>> {
  const target = await startStubCluster(() => {})
  try {
    const track = buildTrack([buildTask(buildOperation('bulk', BULK), { clients: CLIENTS })], {
      root: folder,
      corpora: [buildCorpus('c', { documentFile: 'documents.json', numberOfDocuments: DOCUMENTS, targetIndex: 'i' })],
      indices: [{ name: 'i', body: {} }]
    })
    const { result } = await runSchedule({ track, target: { host: '127.0.0.1', port: target.port }, ...sender, dataCacheDir: folder })
    if (result.error !== null) throw result.error
    const bodies = new Map<number, string>()
    for (const { connection, body } of target.requests) bodies.set(connection, (bodies.get(connection) ?? '') + body)
    return new Set(bodies.values())
  } finally {
    await target.die()
  }
}

function documentsIn(bodies: ReadonlySet<string>): number {
  return [...bodies].reduce((sum, body) => sum + body.trimEnd().split('\n').length / 2, 0)
}
