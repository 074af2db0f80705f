// The shapes of commands and events (`messages.ts` says what they mean).

import { ERROR_KINDS, type ErrorKind, type WireError } from '../core/errors.ts'
import type { SparseHistogram } from '../sample/histogram.ts'
import type { Moments, Second } from '../sample/second.ts'
import type { Tally, TaskHistograms } from '../sample/task-recorder.ts'
import type { TargetFacts } from '../target/request.ts'
import type { TargetAddress, TargetOptions, TargetSecrets } from '../target/target-options.ts'
import type {
  ErrorExample,
  NodeCommand,
  NodeEvent,
  NodeHealth,
  Prepare,
  SampleTypeName,
  TaskProgressFacts,
  TaskResult,
  TypeResult,
  TypeSnapshot,
  WorkerHealth
} from './messages.ts'
import { count, dictionary, type Fields, flag, list, message, type MessageSchemas, nullable, number, object, oneOf, optional, type Shape, stepOffset, stepSecond, text } from './schema.ts'
import { supply } from './files-schemas.ts'
import { nodeName, raceId } from './words.ts'

const countByName = dictionary(count)
const histogram: Shape<SparseHistogram> = { json: { type: 'object', histogram: true } }
const times = { latency: histogram, service: histogram, processing: histogram, sendDelay: histogram }

const tally = object<Tally>({
  started: count,
  ok: count,
  failed: countByName,
  cancelled: count,
  work: dictionary(number),
  bytes: count,
  retries: count
})

const seconds = list(
  object<Second>({
    k: stepSecond,
    sent: count,
    ok: count,
    failed: countByName,
    cancelled: count,
    work: number,
    ...times,
    okService: object<Moments>({ n: count, sum: number, min: number, max: number, m2: number }),
    maxService: number,
    errorRun: count
  })
)

const progress = object<TaskProgressFacts>({ completed: nullable(number), clients: count, ended: count, warm: count })

const health = object<WorkerHealth>({
  worker: count,
  fromMs: number,
  toMs: number,
  loopDelayP99Ms: number,
  longDelaysMs: list(number),
  cpu: nullable(number),
  cpuWait: nullable(number),
  sendDelayP99Ms: nullable(number),
  dropped: count,
  lateClients: count,
  lateMs: number,
  heapUsed: count,
  heapLimit: count
})

const nodeHealth = object<NodeHealth>({
  fromMs: number,
  toMs: number,
  mainDelayP99Ms: number,
  mainLongDelaysMs: list(number),
  cpu: nullable(number),
  ownCpu: number,
  steal: nullable(number),
  rss: count,
  memoryAvailable: nullable(count),
  memoryTotal: count,
  sockets: nullable(count),
  portsLeft: nullable(count),
  ports: nullable(count),
  descriptors: nullable(count),
  descriptorLimit: nullable(count)
})

type BySampleType<T> = Readonly<Partial<Record<SampleTypeName, T>>>

const result = object<TaskResult>({
  types: bySampleType(object<TypeResult>({ tally, histograms: object<TaskHistograms>(times), seconds })),
  errors: list(object<ErrorExample>({ errorClass: text, httpStatus: nullable(count), description: text, body: nullable(text) })),
  unit: text,
  isThrottled: flag,
  warmAtMs: number,
  firstEndAtMs: stepOffset,
  lastEndAtMs: stepOffset,
  firstSentAtMs: nullable(number),
  lastSentAtMs: nullable(number),
  clients: count
})

const target = object<Omit<TargetOptions, 'secrets'>>({
  engine: oneOf('undici', 'lean'),
  hosts: list(object<TargetAddress>({ host: text, port: count, useSsl: flag, pathPrefix: text })),
  timeoutMs: nullable(number),
  acceptEncoding: nullable(text),
  compressRequests: flag,
  headers: dictionary(text),
  retries: object<TargetOptions['retries']>({ max: count, onStatus: list(count), onTimeout: flag }),
  tls: object<TargetOptions['tls']>({ verify: flag, checkHostname: nullable(flag), caPem: nullable(text) })
})

const facts = object<TargetFacts>({
  distribution: oneOf('elasticsearch', 'opensearch', 'embedded', 'unknown'),
  version: nullable(text),
  isServerless: flag,
  isServerlessOperator: flag
})

const secrets = object<TargetSecrets>({
  authorization: nullable(text),
  hostAuthorizations: list(nullable(text)),
  clientCertPem: nullable(text),
  clientKeyPem: nullable(text),
  clientP12Base64: nullable(text),
  passphrase: nullable(text)
})

const error = object<WireError>({
  kind: nullable(oneOf<ErrorKind>(...(Object.keys(ERROR_KINDS) as ErrorKind[]))),
  message: text,
  hint: text,
  problems: list(text),
  stack: nullable(text)
})

const seq = count

export const asks: MessageSchemas<NodeCommand> = {
  prepare: message('prepare', {
    seq,
    race: raceId,
    seed: text,
    track: text,
    trackFolder: object<Prepare['trackFolder']>({ root: nullable(text), isBundled: flag }),
    supply,
    clients: list(count),
    target,
    facts,
    onError: oneOf('continue', 'continue-on-network', 'abort'),
    enableAssertions: flag,
    testMode: flag,
    offline: flag
  }),
  secrets: message('secrets', { seq, target: secrets }),
  'start-step': message('start-step', { seq, step: count, delayMs: number }),
  'complete-task': message('complete-task', { seq, step: count }),
  cancel: message('cancel', { seq, reason: text, graceMs: number }),
  finish: message('finish', { seq }),
  ping: message('ping', { ping: count, events: count, snapshots: count })
}

const node = nodeName

export const answers: MessageSchemas<NodeEvent> = {
  preparing: message('preparing', { node, what: text }),
  prepared: message('prepared', { seq, node, epoch: text, workers: count, warnings: list(text) }),
  snapshot: message('snapshot', {
    node,
    epoch: text,
    seq,
    step: count,
    tasks: dictionary(bySampleType(object<TypeSnapshot>({ tally, seconds }))),
    progress: dictionary(progress),
    health: list(health),
    nodeHealth: list(nodeHealth)
  }),
  'task-ended': message('task-ended', { seq, node, step: count, task: text, clients: count }),
  'step-joined': message('step-joined', { seq, node, epoch: text, step: count, tasks: dictionary(result) }),
  warning: message('warning', { seq, node, message: text }),
  failed: message('failed', { seq, node, error }),
  stopped: message('stopped', { seq, node, reason: text }),
  pong: message('pong', { node, ping: count, commands: count, events: count })
}

function bySampleType<T>(shape: Shape<T>): Shape<BySampleType<T>> {
  // The compiler cannot know that a T that is not named yet is never undefined.
  const fields = { warmup: optional(shape), normal: optional(shape) } as unknown as Fields<BySampleType<T>>
  return object<BySampleType<T>>(fields)
}
