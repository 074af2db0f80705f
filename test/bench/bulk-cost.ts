// Bulk indexing end to end, against the same bodies sent by a bare undici dispatch loop.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { BulkReader, planBulks } from '../../src/corpus/bulk-reader.ts'
import type { Corpus, Track } from '../../src/track/track.ts'
import { buildCorpus, buildOperation, buildTask, buildTrack } from '../helpers/build-track.ts'
import { runSchedule } from '../helpers/run-schedule.ts'
import { runBare } from './bare.ts'
import { atLeast, cpuSeconds, inTurn, type BenchServer, type Measured } from './measure.ts'

const DOCUMENTS = 400_000
const BULK_SIZE = 1000
const CLIENTS = 8
const PASSES = 4

/** MB of documents per CPU second, 300-byte documents in bulks of 1,000. */
export async function bulkCost(server: BenchServer, budget: number, gzip = false): Promise<Measured> {
  server.gzip(gzip)
  const folder = mkdtempSync(join(tmpdir(), 'rally-bench-'))
  try {
    const path = join(folder, 'documents.json')
    const document = `{"text":"${'x'.repeat(288)}"}\n`
    writeFileSync(path, document.repeat(DOCUMENTS))
    const megabytes = (document.length * DOCUMENTS * PASSES) / 1e6
    const corpus = corpusOf()
    const track = trackOf(corpus, folder)
    const both = await inTurn(
      3,
      async () => megabytes / (await cpuSeconds(() => sendOurs(track, server, folder, gzip))),
      async () => megabytes / (await cpuSeconds(() => sendBare(corpus, path, server)))
    )
    return atLeast(`bulk, 1,000 documents of 300 B, 8 clients${gzip ? ', gzip answers' : ''}`, 'MB per CPU-s', both, budget)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function corpusOf(): Corpus {
  return buildCorpus('bench', { documentFile: 'documents.json', numberOfDocuments: DOCUMENTS, targetIndex: 'bench' })
}

function trackOf(corpus: Corpus, folder: string): Track {
  const bulk = buildOperation('bulk', { 'bulk-size': BULK_SIZE })
  const passes = Array.from({ length: PASSES }, (_, pass) => buildTask(bulk, { name: `bulk-${pass}`, clients: CLIENTS }))
  return buildTrack(passes, { root: folder, corpora: [corpus], indices: [{ name: 'bench', body: {} }] })
}

async function sendOurs(track: Track, server: BenchServer, folder: string, gzip: boolean): Promise<void> {
  const { result, measurements } = await runSchedule({ track, target: server, dataCacheDir: folder, ...(gzip ? { acceptEncoding: 'gzip' } : {}) })
  if (result.error !== null) throw result.error
  const documents = measurements.reduce((sum, one) => sum + one.normalWork, 0)
  if (documents !== DOCUMENTS * PASSES) throw new Error(`${documents} documents were sent instead of ${DOCUMENTS * PASSES}`)
}

async function sendBare(corpus: Corpus, path: string, server: BenchServer): Promise<void> {
  const settings = { bulkSize: BULK_SIZE, ingestPercentage: 100, ingestDocCount: null, looped: false, conflicts: null }
  for (let pass = 0; pass < PASSES; pass++) {
    const readers = Array.from({ length: CLIENTS }, (_, client) => {
      const plan = planBulks(settings, [corpus], { first: client, last: client, clients: CLIENTS })
      return new BulkReader(plan, { pathOf: () => path, randomFor: () => Math.random })
    })
    const next = (client: number): Buffer | null => readers[client]?.next()?.body ?? null
    const load = { method: 'PUT', path: '/_bulk', contentType: 'application/x-ndjson', port: server.port, clients: CLIENTS } as const
    await runBare({ ...load, requests: Number.POSITIVE_INFINITY, body: next })
    for (const reader of readers) reader.close()
  }
}
