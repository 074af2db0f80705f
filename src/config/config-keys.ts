// The one table of rally.ini's keys: reading, checks, rally.ini.example and messages come from it.

import type { BenchmarksConfig, Config, HealthConfig, MetaConfig, NodeConfig, ReportingConfig, SystemConfig } from './config.ts'
import { flag, integer, number, oneOf, optional, path, text, type ValueType } from './value-types.ts'

export interface ConfigKey<T> {
  readonly key: string
  readonly type: ValueType<T>
  /** As it would stand in the file; empty: nothing is set. */
  readonly fallback: string
  /** Empty: none. */
  readonly unit: string
  readonly comment: string
}

/** One key for each property, with its type: what is missing here does not compile. */
export type KeysOf<Section> = { readonly [Property in keyof Section]: ConfigKey<Section[Property]> }

/** The version of Elastic Rally's format that this program reads. */
export const CONFIG_VERSION = 17
export const IN_MEMORY = 'in-memory'

const META: KeysOf<MetaConfig> = {
  configVersion: {
    key: 'config.version',
    type: integer(0),
    fallback: String(CONFIG_VERSION),
    unit: '',
    comment: 'Version of the format of this file'
  }
}

const SYSTEM: KeysOf<SystemConfig> = {
  envName: { key: 'env.name', type: text, fallback: 'local', unit: '', comment: 'Label of this environment on every race' },
  availableCores: {
    key: 'available.cores',
    type: optional(integer(1)),
    fallback: '',
    unit: 'worker threads',
    comment: 'Threads that generate load; empty: one per core, one less when the target runs on this machine'
  },
  httpEngine: {
    key: 'http.engine',
    type: oneOf('undici', 'lean'),
    fallback: 'undici',
    unit: 'undici or lean',
    comment: 'What sends the requests: a proven HTTP library, or our own HTTP/1.1 connection, which needs less CPU per request'
  }
}

const NODE: KeysOf<NodeConfig> = {
  rootDir: {
    key: 'root.dir',
    type: path,
    fallback: '${CONFIG_DIR}/benchmarks',
    unit: '',
    comment: 'Folder for races, tracks and distributions'
  }
}

const BENCHMARKS: KeysOf<BenchmarksConfig> = {
  localDatasetCache: {
    key: 'local.dataset.cache',
    type: path,
    fallback: '${CONFIG_DIR}/benchmarks/data',
    unit: '',
    comment: 'Folder for the data files of the tracks'
  }
}

const REPORTING: KeysOf<ReportingConfig> = {
  datastoreType: {
    key: 'datastore.type',
    // Another type is judged where the command is known: see load-config.ts.
    type: { read: () => IN_MEMORY },
    fallback: IN_MEMORY,
    unit: '',
    comment: 'Where results are kept; in-memory: in race.json below root.dir, the only one there is yet'
  },
  outputProcessingtime: {
    key: 'output.processingtime',
    type: flag,
    fallback: 'false',
    unit: 'true or false',
    comment: 'Show the processing time in reports'
  },
  sampleQueueSize: {
    key: 'sample.queue.size',
    type: integer(1),
    fallback: '1048576',
    unit: 'samples',
    comment: 'Samples a worker thread may hold before it has to drop some'
  },
  sampleKeepDays: {
    key: 'sample.keep.days',
    type: number(0),
    fallback: '14',
    unit: 'days',
    comment: 'So long the samples of a race stay on the machine that took them (~/.rally/node)'
  },
  sampleKeepDiskPercent: {
    key: 'sample.keep.disk.percent',
    type: number(0),
    fallback: '10',
    unit: '% of the disk',
    comment: 'Samples of all races together that are over this go, the oldest race first'
  }
}

const HEALTH: KeysOf<HealthConfig> = {
  loopDelayP99Ms: {
    key: 'loop.delay.p99.ms',
    type: number(0),
    fallback: '20',
    unit: 'ms',
    comment: 'Limit of the event-loop delay of a worker thread, 99th percentile'
  },
  workerCpuPercent: {
    key: 'worker.cpu.percent',
    type: number(0),
    fallback: '95',
    unit: '% of a core',
    comment: 'Limit of the CPU time of a worker thread'
  },
  cpuWaitPercent: {
    key: 'cpu.wait.percent',
    type: number(0),
    fallback: '50',
    unit: '% of the time',
    comment: 'Limit of the time in which a worker thread was ready to run, but other processes had the cores'
  },
  stealPercent: {
    key: 'steal.percent',
    type: number(0),
    fallback: '10',
    unit: '%',
    comment: 'Limit of the CPU time that other virtual machines took from this one'
  },
  windowSeconds: {
    key: 'window.seconds',
    type: integer(1),
    fallback: '5',
    unit: 's',
    comment: 'For so long delay, CPU, wait or steal must be over their limit'
  },
  mainDelayP99Ms: {
    key: 'main.delay.p99.ms',
    type: number(0),
    fallback: '200',
    unit: 'ms',
    comment: 'Limit of the event-loop delay of the main thread, which the load does not wait for: only a warning'
  },
  sendDelayP99Ms: {
    key: 'send.delay.p99.ms',
    type: number(0),
    fallback: '5',
    unit: 'ms',
    comment: 'Limit of the send delay of a throttled task, and of the event-loop delay over all of it, 99th percentile'
  },
  sendDelayLatencyPercent: {
    key: 'send.delay.latency.percent',
    type: number(0),
    fallback: '10',
    unit: '% of the median service time',
    comment: 'The same for slow targets: the greater of the two limits holds'
  },
  processingOverheadPercent: {
    key: 'processing.overhead.percent',
    type: number(0),
    fallback: '20',
    unit: '% of the service time',
    comment: 'Work of Rally itself around a request, from which on CPU and loop delay also judge unthrottled tasks'
  },
  droppedSamples: { key: 'dropped.samples', type: integer(0), fallback: '0', unit: 'samples', comment: 'So many samples may get lost' },
  capacityPercent: {
    key: 'capacity.percent',
    type: number(0),
    fallback: '90',
    unit: '%',
    comment: 'Use of file descriptors, ports and memory, from which on Rally warns'
  }
}

/** By section, in the order of the example. `tracks` has keys of the user's own: `<repository>.url`. */
export const CONFIG_KEYS = {
  meta: META,
  system: SYSTEM,
  node: NODE,
  benchmarks: BENCHMARKS,
  reporting: REPORTING,
  health: HEALTH
} satisfies {
  readonly [Section in Exclude<keyof Config, 'tracks' | 'confDir' | 'warnings'>]: KeysOf<Config[Section]>
}

export const TRACKS_SECTION = 'tracks'
/** `default.url`, `My.Repo.url`. */
export const TRACK_URL = /^(.+)\.url$/i
export const TRACK_URL_FALLBACK = {
  key: 'default.url',
  fallback: 'https://github.com/elastic/rally-tracks',
  comment: 'Git repository of tracks named <repository> in <repository>.url'
}
