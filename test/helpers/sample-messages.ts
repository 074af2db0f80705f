// One message of every type of every channel: a type that is added without one does not build.

import type { DiallerMessage, ListenerMessage } from '../../src/protocol/channels.ts'
import type { Role } from '../../src/protocol/hello.ts'
import type { Second } from '../../src/sample/second.ts'
import type { TaskHistograms } from '../../src/sample/task-recorder.ts'
import { FACTS } from './node-facts.ts'

type ByType<M extends { readonly t: string }> = { readonly [T in M['t']]: Extract<M, { readonly t: T }> }
type Samples = { readonly [R in Role]: { readonly asks: ByType<DiallerMessage<R>>; readonly answers: ByType<ListenerMessage<R>> } }

const histogram = { n: 3, sum: 4.5, min: 1, max: 2, buckets: [7, 1, 9000, 2] }
const times: TaskHistograms = { latency: histogram, service: histogram, processing: histogram, sendDelay: { n: 0, sum: 0, min: 0, max: 0, buckets: [] } }
const second: Second = {
  k: 1,
  sent: 3,
  ok: 2,
  failed: { timeout: 1 },
  cancelled: 0,
  work: 2.5,
  ...times,
  okService: { n: 2, sum: 3, min: 1, max: 2, m2: 0.5 },
  maxService: 2,
  errorRun: 1
}
const tally = { started: 3, ok: 2, failed: { timeout: 1 }, cancelled: 0, work: { docs: 2.5 }, bytes: 77, retries: 0 }
const sha256 = 'ab'.repeat(32)
const node = 'a'

export const SAMPLES: Samples = {
  control: {
    asks: {
      prepare: {
        t: 'prepare',
        seq: 2,
        race: 'r-1',
        seed: 's',
        track: '{"name":"städte","big":12345678901234567890}',
        trackFolder: { root: null, isBundled: true },
        supply: {
          track: [{ path: 'index.json', bytes: 5, id: sha256, pieceBytes: 65_536, pieces: [[0, sha256]] }],
          data: [{ path: 'c/a b.json', bytes: 70_000, id: sha256, pieceBytes: 65_536, pieces: [[1, sha256]], table: [[7, 66_000]] }]
        },
        clients: [0, 1],
        target: {
          engine: 'lean',
          hosts: [{ host: '::1', port: 9200, useSsl: false, pathPrefix: '' }],
          timeoutMs: null,
          acceptEncoding: 'gzip',
          compressRequests: false,
          headers: { 'x-a': 'b' },
          retries: { max: 0, onStatus: [429], onTimeout: false },
          tls: { verify: true, checkHostname: null, caPem: null }
        },
        facts: { distribution: 'opensearch', version: '3.8.0', isServerless: false, isServerlessOperator: false },
        onError: 'continue',
        enableAssertions: false,
        testMode: false,
        offline: true
      },
      secrets: {
        t: 'secrets',
        seq: 1,
        target: { authorization: 'Basic x', hostAuthorizations: [null, 'y'], clientCertPem: null, clientKeyPem: null, clientP12Base64: null, passphrase: null }
      },
      'start-step': { t: 'start-step', seq: 3, step: 0, delayMs: 12.5 },
      'complete-task': { t: 'complete-task', seq: 4, step: 0 },
      cancel: { t: 'cancel', seq: 5, reason: 'the user', graceMs: 2000 },
      finish: { t: 'finish', seq: 6 },
      ping: { t: 'ping', ping: 1, events: 0, snapshots: 9 }
    },
    answers: {
      preparing: { t: 'preparing', node, what: 'downloading' },
      prepared: { t: 'prepared', seq: 1, node, epoch: 'e', workers: 2, warnings: ['w'] },
      snapshot: {
        t: 'snapshot',
        node,
        epoch: 'e',
        seq: 4,
        step: 0,
        tasks: { index: { normal: { tally, seconds: [second] } } },
        progress: { index: { completed: null, clients: 2, ended: 0, warm: 2 } },
        health: [
          {
            worker: 0,
            fromMs: 0,
            toMs: 1000,
            loopDelayP99Ms: 1.5,
            longDelaysMs: [11],
            cpu: 0.5,
            cpuWait: null,
            sendDelayP99Ms: null,
            dropped: 0,
            lateClients: 0,
            lateMs: 0,
            heapUsed: 1,
            heapLimit: 2
          }
        ],
        nodeHealth: [
          {
            fromMs: 0,
            toMs: 1000,
            mainDelayP99Ms: 1,
            mainLongDelaysMs: [],
            cpu: null,
            ownCpu: 0.1,
            steal: null,
            rss: 1,
            memoryAvailable: null,
            memoryTotal: 2,
            sockets: null,
            portsLeft: null,
            ports: null,
            descriptors: null,
            descriptorLimit: null
          }
        ]
      },
      'task-ended': { t: 'task-ended', seq: 2, node, step: 0, task: 'index', clients: 2 },
      'step-joined': {
        t: 'step-joined',
        seq: 3,
        node,
        epoch: 'e',
        step: 0,
        tasks: {
          index: {
            types: { warmup: { tally, histograms: times, seconds: [second] } },
            errors: [{ errorClass: 'status', httpStatus: 429, description: 'too many', body: null }],
            unit: 'docs',
            isThrottled: true,
            warmAtMs: 1,
            firstEndAtMs: 2,
            lastEndAtMs: 3,
            firstSentAtMs: null,
            lastSentAtMs: 2.5,
            clients: 2
          }
        }
      },
      warning: { t: 'warning', seq: 4, node, message: 'm' },
      failed: { t: 'failed', seq: 5, node, error: { kind: null, message: 'm', hint: '', problems: [], stack: 'at x' } },
      stopped: { t: 'stopped', seq: 6, node, reason: 'finished' },
      pong: { t: 'pong', node, ping: 1, commands: 2, events: 3 }
    }
  },
  results: {
    asks: { chunks: { t: 'chunks' }, chunk: { t: 'chunk', id: 'chunks/0001.chunk', offset: 0, credit: 10 }, ack: { t: 'ack', id: 'chunks/0001.chunk', sha256 } },
    answers: {
      'chunk-list': { t: 'chunk-list', chunks: [{ id: 'chunks/0001.chunk', bytes: 5 }], isLast: true },
      data: { t: 'data', id: 'chunks/0001.chunk', offset: 0, base64: 'AAAA' },
      end: { t: 'end', id: 'chunks/0001.chunk', sha256 }
    }
  },
  files: {
    asks: { data: { t: 'data', sha256, offset: 7, base64: '' }, end: { t: 'end', sha256 }, lost: { t: 'lost', sha256, message: 'it is gone' } },
    answers: { want: { t: 'want', sha256, offset: 0 } }
  },
  status: {
    asks: { 'ask-status': { t: 'ask-status', seq: 0 }, 'ask-members': { t: 'ask-members', seq: 1 } },
    answers: {
      status: {
        t: 'status',
        seq: 0,
        node,
        version: '0.1.0',
        program: sha256,
        upMs: 5,
        wallMs: 1e12,
        state: { is: 'running', race: 'r', owner: 'esra@laptop', forMs: 1, step: 0, steps: 3 },
        facts: FACTS,
        chunks: { count: 0, bytes: 0 },
        coordinator: { address: '10.0.0.1:1900', isConnected: true, state: 'connected' }
      },
      members: { t: 'members', seq: 1, members: [{ node, host: '10.0.0.2', port: 1900, seenMs: 1e12, isConnected: false }] }
    }
  },
  member: {
    asks: { member: { t: 'member', seq: 1, node, host: '10.0.0.2', port: 1900 } },
    answers: { 'member-noted': { t: 'member-noted', seq: 1 } }
  }
}
