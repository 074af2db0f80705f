// The data of the bundled track, from its archive to the bodies of its bulks.

import assert from 'node:assert/strict'
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { after, test } from 'node:test'
import { gunzipSync } from 'node:zlib'
import { BulkReader, planBulks } from '../../src/corpus/bulk-reader.ts'
import { prepareCorpora } from '../../src/corpus/prepare-corpora.ts'
import { trackFromJson } from '../corpora-from-json.ts'

const cache = mkdtempSync(join(tmpdir(), 'rally-cities-'))
after(() => rmSync(cache, { recursive: true }))
const trackRoot = resolve('tracks/cities')

test('the bulks of eight clients are the cities, once each, and the folder of the track stays as it is', async () => {
  const before = readdirSync(trackRoot)
  const whole = gunzipSync(readFileSync(join(trackRoot, 'cities.json.gz')))
  const lines = whole.toString('latin1').split('\n').length - 1
  const document = { 'source-file': 'cities.json.gz', 'document-count': lines, 'uncompressed-bytes': whole.length }
  const { corpora } = trackFromJson({ indices: [{ name: 'cities' }], corpora: [{ name: 'cities', documents: [document] }] })
  const { dataPaths } = await prepareCorpora(corpora, {
    folders: { trackRoot, isBundled: true, cache },
    offline: true,
    testMode: false,
    download: () => assert.fail('no download was expected'),
    signal: new AbortController().signal
  })
  const settings = { bulkSize: 1000, ingestPercentage: 100, ingestDocCount: null, looped: false, conflicts: null }
  const clients = 8
  const bodies: string[] = []
  for (let client = 0; client < clients; client++) {
    const plan = planBulks(settings, corpora, { first: client, last: client, clients })
    const reader = new BulkReader(plan, { pathOf: (corpus, file) => dataPaths[`${corpus}/${file}`]!, randomFor: () => Math.random })
    let bulks = 0
    for (let bulk = reader.next(); bulk !== null; bulk = reader.next(), bulks++) bodies.push(bulk.body.toString('latin1'))
    reader.close()
    assert.equal(bulks, plan.totalBulks)
  }
  assert.equal(bodies.join('').replaceAll('{"index": {"_index": "cities"}}\n', ''), whole.toString('latin1'))
  assert.deepEqual(readdirSync(trackRoot), before)
})
