// Every setting, read once and frozen. Keys, defaults, units and comments: config-keys.ts, which must fit these types.

export interface Config {
  readonly meta: MetaConfig
  readonly system: SystemConfig
  readonly node: NodeConfig
  readonly benchmarks: BenchmarksConfig
  readonly reporting: ReportingConfig
  readonly tracks: TracksConfig
  readonly health: HealthConfig
  /** Where the ini was found, or where it would be: `~/.rally` or `$RALLY_HOME/.rally`. Absolute. */
  readonly confDir: string
  /** Warnings met while reading; shown once. */
  readonly warnings: readonly string[]
}

export interface MetaConfig {
  /** `config.version`: of the format. */
  readonly configVersion: number
}

export interface SystemConfig {
  /** `env.name`: label on every record. */
  readonly envName: string
  /** `available.cores`: workers per node; null: all cores, one less when the target runs here too. */
  readonly availableCores: number | null
  /** `http.engine`: what sends the requests to the target. */
  readonly httpEngine: 'undici' | 'lean'
}

export interface NodeConfig {
  /** `root.dir`: races, tracks and distributions below it. Absolute. */
  readonly rootDir: string
}

export interface BenchmarksConfig {
  /** `local.dataset.cache`: corpora. Absolute. */
  readonly localDatasetCache: string
}

export interface ReportingConfig {
  /** `datastore.type`: the only one there is yet; another one in the ini is refused where results would get lost. */
  readonly datastoreType: 'in-memory'
  /** `output.processingtime`: show processing time rows. */
  readonly outputProcessingtime: boolean
  /** `sample.queue.size`: samples a worker may hold before it drops. */
  readonly sampleQueueSize: number
  /** `sample.keep.days`: for how long a node keeps the samples of a race. */
  readonly sampleKeepDays: number
  /** `sample.keep.disk.percent`: how much of its disk all samples may take. */
  readonly sampleKeepDiskPercent: number
}

export interface TracksConfig {
  /** `<repository>.url` by repository name. */
  readonly urls: Readonly<Record<string, string>>
}

/** From where on the load generator's own figures make a race invalid. */
export interface HealthConfig {
  /** `loop.delay.p99.ms` */
  readonly loopDelayP99Ms: number
  /** `worker.cpu.percent` */
  readonly workerCpuPercent: number
  /** `cpu.wait.percent`: of the time, in which a worker was ready to run, but had no core. */
  readonly cpuWaitPercent: number
  /** `steal.percent` */
  readonly stealPercent: number
  /** `main.delay.p99.ms`: only a warning. */
  readonly mainDelayP99Ms: number
  /** `window.seconds`: for so long a figure must be over its limit. */
  readonly windowSeconds: number
  /** `send.delay.p99.ms`: the limit of a throttled task, also of its workers' loop delay, unless the next one is greater. */
  readonly sendDelayP99Ms: number
  /** `send.delay.latency.percent`: of the task's median service time. */
  readonly sendDelayLatencyPercent: number
  /** `processing.overhead.percent`: processing time over service time, from which on an unthrottled task's figures breach too. */
  readonly processingOverheadPercent: number
  /** `dropped.samples`: so many may get lost. */
  readonly droppedSamples: number
  /** `capacity.percent`: of descriptors, ports and memory, from which on it warns. */
  readonly capacityPercent: number
}
