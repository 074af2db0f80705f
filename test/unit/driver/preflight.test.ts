import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RallyError } from '../../../src/core/errors.ts'
import { descriptors, preflight, type MachineFacts, type RaceNeeds } from '../../../src/driver/preflight.ts'
import { addressOf, raceNeeds } from '../../../src/driver/race-needs.ts'
import { mostInTable } from '../../../src/driver/tcp-ports.ts'
import { buildCorpus, buildOperation, buildTask, buildTrack } from '../../helpers/build-track.ts'

const NEEDS: RaceNeeds = { clients: 100, workers: 2, hosts: ['a:9200', 'b:9200'], files: 1, bodyBytes: 0 }
const FACTS: MachineFacts = { descriptorLimit: 1024, openDescriptors: 30, ports: 28_232, sockets: 20, memoryAvailable: 4e9, memoryTotal: 8e9 }

const refusal = (needs: Partial<RaceNeeds>, facts: Partial<MachineFacts> = {}): RallyError => {
  try {
    preflight('n', { ...NEEDS, ...needs }, { ...FACTS, ...facts })
  } catch (error) {
    assert.ok(error instanceof RallyError)
    return error
  }
  return assert.fail('it was not refused')
}
const doubts = (needs: Partial<RaceNeeds>, facts: Partial<MachineFacts> = {}): readonly string[] => preflight('n', { ...NEEDS, ...needs }, { ...FACTS, ...facts })

test('a machine with enough of everything has nothing to say', () => {
  assert.deepEqual(doubts({}), [])
})

test('too few descriptors are refused with the numbers and the limit to set; few ones are a doubt', () => {
  const error = refusal({ clients: 600 })
  assert.equal(error.exitCode, 64)
  assert.match(error.message, /node n cannot play 600 clients: 1,240 file descriptors are needed \(1,200 for connections\), 1,024 are allowed; raise the limit: ulimit -n 2048, as root, .*hard limit/)
  assert.match(doubts({ clients: 470 })[0]!, /980 file descriptors.*may fail/)
})

test('the limit that is advised is above the present one, and with it there is nothing more to say', () => {
  for (const limit of [256, 1000, 1024, 4096, 65_536, 1_048_576]) {
    // From what is nearly all of it to what is more.
    for (let share = 0.88; share < 1.2; share += 0.0007) {
      const needs = { ...NEEDS, clients: Math.floor(limit * share), hosts: ['a:1'], workers: 0 }
      const { problems, warnings } = descriptors(needs, { ...FACTS, descriptorLimit: limit, openDescriptors: 0 })
      for (const text of [...problems, ...warnings]) {
        const advised = Number(/ulimit -n (\d+)/.exec(text)?.[1])
        assert.ok(advised > limit && advised <= limit * 4, text)
        assert.deepEqual(descriptors(needs, { ...FACTS, descriptorLimit: advised, openDescriptors: 0 }), { problems: [], warnings: [] })
      }
    }
  }
  assert.match(doubts({ clients: 930, hosts: ['a:1'], workers: 0 }, { openDescriptors: 0 })[0]!, /930 file descriptors.*1,024 are allowed.*ulimit -n 2048,/)
  assert.match(doubts({ clients: 60_000, hosts: ['a:1'], workers: 0 }, { descriptorLimit: 65_536, ports: null })[0]!, /60,030 file descriptors.*ulimit -n 131072,/)
})

test('localhost is the address that it leads to if there is but one; with two, either may be used', async () => {
  const one = { address: '127.0.0.1', family: 4 }
  const two = { address: '::1', family: 6 }
  assert.equal(await addressOf('localhost', async () => [one]), '127.0.0.1')
  assert.equal(await addressOf('LocalHost', async () => [one, one]), '127.0.0.1')
  assert.equal(await addressOf('localhost', async () => [two, one]), 'localhost')
  assert.equal(await addressOf('localhost', () => Promise.reject(new Error('no such name'))), 'localhost')
  // Nobody is asked for other names: that may take its time, and lead elsewhere the next time.
  assert.equal(await addressOf('es1', async () => [one]), 'es1')
})

test('ports count for each address, and addresses that are named twice share them', () => {
  assert.match(refusal({ clients: 30_000 }, { descriptorLimit: 1e6 }).message, /30,000 ports are needed.*28,232.*ip_local_port_range/)
  assert.match(refusal({ clients: 15_000, hosts: ['a:1', 'a:1'] }, { descriptorLimit: 1e6 }).message, /30,000 ports/)
  assert.deepEqual(doubts({ clients: 15_000, hosts: ['a:1', 'b:1'] }, { descriptorLimit: 1e6 }), [])
  assert.match(doubts({ clients: 15_000 }, { descriptorLimit: 1e6, sockets: 12_000 })[0]!, /12,000 sockets are open already/)
})

test('memory that the machine has not is refused, memory that is not free a doubt', () => {
  assert.match(refusal({ bodyBytes: 9e9 }).message, /about 8\.5GB of memory are needed, 8\.4GB of it for bodies of bulks, the machine has 7\.5GB/)
  assert.match(doubts({ bodyBytes: 5e9 })[0]!, /may swap/)
})

test('all that is impossible is told at once', () => {
  assert.equal(refusal({ clients: 200_000 }).problems.length, 3)
})

test('what the system does not tell keeps nobody from racing', () => {
  assert.deepEqual(doubts({ clients: 50_000 }, { descriptorLimit: null, openDescriptors: null, ports: null, sockets: null, memoryAvailable: null }), [])
})

test('the bodies of bulks count for as many clients as this node plays', async () => {
  const bulk = buildTask(buildOperation('bulk', { 'bulk-size': 5000 }), { clients: 100 })
  const corpus = buildCorpus('c', { documentFile: 'd.json', numberOfDocuments: 1000, uncompressedSizeInBytes: 1_000_000, targetIndex: 'i' })
  const track = buildTrack([bulk], { corpora: [corpus] })
  const target = { hosts: [{ host: 'a', port: 1 }] } as never
  const needs = await raceNeeds(track, { clients: [0, 1, 2, 3], target }, 1)
  assert.deepEqual([needs.clients, needs.files, needs.bodyBytes], [4, 1, 4 * 5000 * 1000])
})

test('of the kernel’s list of sockets, those to the target’s ports count by address, listening ones not at all', () => {
  const line = (local: string, remote: string, state: string): string => `   0: ${local} ${remote} ${state} 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0\n`
  const table = ['  sl  local_address rem_address   st\n', line('0100007F:2400', '00000000:0000', '0A'), line('0100007F:A000', '0100007F:23F0', '01'), line('0100007F:A001', '0100007F:23F0', '06'), line('0100007F:A002', '0200007F:23F0', '01'), line('0100007F:A003', '0100007F:0050', '01')].join('')
  assert.equal(mostInTable(table, new Set([9200])), 2)
  assert.equal(mostInTable(table, new Set([1])), 0)
})
