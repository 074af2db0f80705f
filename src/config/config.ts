// Every setting, read once and frozen. `rally.ini.example` lists the same keys; a test compares the two.

export interface Config {
  readonly system: SystemConfig
  readonly node: NodeConfig
  readonly benchmarks: BenchmarksConfig
  readonly reporting: ReportingConfig
  readonly tracks: TracksConfig
  readonly health: HealthConfig
  /** Where the ini was found, or where it would be: `~/.rally` or `$RALLY_HOME/.rally`. */
  readonly confDir: string
  /** Warnings met while reading; shown once. */
  readonly warnings: readonly string[]
}

export interface SystemConfig {
  /** `env.name`: label on every record. */
  readonly envName: string
  /** `available.cores`: workers per node; null: all cores, one less when the target runs here too. */
  readonly availableCores: number | null
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
  readonly datastoreType: 'in-memory'
  /** `output.processingtime`: show processing time rows. */
  readonly outputProcessingtime: boolean
  /** `sample.queue.size`: samples a worker may hold before it drops. */
  readonly sampleQueueSize: number
}

export interface TracksConfig {
  /** `<repository>.url` by repository name. */
  readonly urls: Readonly<Record<string, string>>
}

/** Driver health thresholds (DESIGN §4). */
export interface HealthConfig {
  /** `loop.delay.p99.ms`: 20. */
  readonly loopDelayP99Ms: number
  /** `worker.cpu.percent`: 95. */
  readonly workerCpuPercent: number
  /** `steal.percent`: 10. */
  readonly stealPercent: number
  /** `window.seconds`: 5. */
  readonly windowSeconds: number
  /** `send.delay.p99.ms`: 5. */
  readonly sendDelayP99Ms: number
}
