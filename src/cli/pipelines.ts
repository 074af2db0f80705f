// What a race can be run against.

/** By name, with what `rally list pipelines` says of them. */
export const PIPELINES = {
  embedded: 'a small server that comes with Rally; default for a bundled track when no host is given',
  'benchmark-only': 'a cluster that already runs; default with --target-hosts'
} as const

export type PipelineName = keyof typeof PIPELINES
