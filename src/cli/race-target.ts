// What a race is run against: the pipeline, the hosts, and how to speak to them.

import { clientOptions, secretOptions, type ClientOptions } from '../config/client-options.ts'
import { DEFAULT_CLUSTER, type TargetHost } from '../config/target-hosts.ts'
import { didYouMean } from '../core/close-match.ts'
import { RallyError } from '../core/errors.ts'
import { clientOptionsText, textOf, type FlagValues } from './flag-values.ts'
import type { PipelineName } from './pipelines.ts'

export interface RaceTarget {
  /** null: the track decides, see `pipelineFor`. */
  readonly pipeline: PipelineName | null
  /** Empty: the embedded node, or none. */
  readonly hosts: readonly TargetHost[]
  readonly options: ClientOptions
  readonly warnings: readonly string[]
}

/** Where Elastic Rally looks with benchmark-only and no hosts. */
const LOCAL: TargetHost = { host: '127.0.0.1', port: 9200, useSsl: false, pathPrefix: '', auth: null }

/** Throws RallyError('usage') where flags contradict each other. */
export function raceTarget(flags: FlagValues): RaceTarget {
  const { hosts, clusters } = hostsOf(flags)
  const asked = textOf(flags, 'pipeline') as PipelineName | null
  if (asked === 'embedded' && hosts.length > 0) {
    throw new RallyError('usage', '--target-hosts is not allowed with --pipeline=embedded', { hint: 'leave one of them out' })
  }
  const pipeline = asked ?? (hosts.length > 0 ? 'benchmark-only' : null)
  const { options, warnings } = optionsOf(flags, clusters)
  if (pipeline !== 'benchmark-only' && flags.has('client-options'))
    warnings.push('--client-options: only the timeout has an effect on the embedded node')
  return { pipeline, hosts: pipeline === 'benchmark-only' && hosts.length === 0 ? [LOCAL] : hosts, options, warnings }
}

/**
 * The pipeline of a race without hosts; throws RallyError('usage') where there is none.
 * @param isBundled the track comes with Rally, so that the embedded node knows all it needs
 */
export function pipelineFor(isBundled: boolean): PipelineName {
  if (isBundled) return 'embedded'
  throw new RallyError('usage', 'no target: the track does not come with Rally, and no host is given', {
    hint: 'add --target-hosts=HOST:PORT, or --pipeline=embedded to try the track against the server that comes with Rally'
  })
}

function hostsOf(flags: FlagValues): { readonly hosts: readonly TargetHost[]; readonly clusters: readonly string[] } {
  const byCluster = (flags.get('target-hosts') as Readonly<Record<string, readonly TargetHost[]>> | undefined) ?? {}
  const clusters = Object.keys(byCluster)
  const [cluster] = clusters
  if (cluster === undefined) return { hosts: [], clusters: [DEFAULT_CLUSTER] }
  if (clusters.length > 1)
    throw new RallyError('usage', `--target-hosts: several clusters (${clusters.join(', ')}) are not supported yet`, {
      hint: 'name the hosts of one cluster'
    })
  return { hosts: byCluster[cluster] ?? [], clusters }
}

function optionsOf(flags: FlagValues, clusters: readonly string[]): { readonly options: ClientOptions; readonly warnings: string[] } {
  const text = clientOptionsText(flags)
  const byCluster = clientOptions(text, clusters)
  const names = Object.keys(byCluster)
  // Options without the name of a cluster are for the only one there is.
  const options = byCluster[clusters[0]!] ?? byCluster[DEFAULT_CLUSTER]
  if (options === undefined || names.length !== 1) {
    throw new RallyError(
      'usage',
      `--client-options are for cluster [${names.join(', ')}], --target-hosts for [${clusters.join(', ')}]${didYouMean(names[0] ?? '', clusters)}`
    )
  }
  const secrets = text.endsWith('.json') ? [] : secretOptions(options)
  const warnings =
    secrets.length === 0
      ? []
      : [
          `--client-options: ${secrets.join(', ')} on the command line can be read by every user of this machine; keep the options in a file: --client-options=options.json`
        ]
  return { options, warnings }
}
