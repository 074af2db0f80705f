// Keys that Elastic Rally knows and this program does not serve yet: named in a warning, unless they say what Elastic
// Rally's own template or default says, for then nothing is lost.

import { substitute } from './substitute.ts'

export interface ElasticKey {
  readonly section: string
  readonly key: RegExp
  /** Values that change nothing. An empty one never does. */
  readonly neutral: readonly string[]
}

const key = (section: string, name: string, ...neutral: string[]): ElasticKey => ({
  section,
  key: new RegExp(`^${name.replaceAll('.', '\\.').replaceAll('*', '.+')}$`, 'i'),
  neutral
})

export const ELASTIC_KEYS: readonly ElasticKey[] = [
  key('system', 'async.debug', 'false'),
  key('system', 'passenv', 'PATH'),
  key('node', 'src.root.dir', '${CONFIG_DIR}/benchmarks/src'),
  key('source', 'remote.repo.url', 'https://github.com/elastic/elasticsearch.git'),
  key('source', 'elasticsearch.src.subdir', 'elasticsearch'),
  key('source', 'cache', 'true'),
  key('source', 'cache.days', '7'),
  key('source', 'distribution.dir', 'distributions'),
  key('source', 'plugin.*'),
  key('benchmarks', 'track.repository.dir', 'tracks'),
  key('benchmarks', 'track.default.repository', 'default'),
  key('mechanic', 'team.repository.dir', 'teams'),
  key('mechanic', 'team.default.repository', 'default'),
  key('provisioning', 'node.name.prefix', 'rally-node'),
  key('provisioning', 'node.http.port', '39200'),
  key('reporting', 'datastore.host'),
  key('reporting', 'datastore.port'),
  key('reporting', 'datastore.secure', 'false'),
  key('reporting', 'datastore.user'),
  key('reporting', 'datastore.password'),
  key('reporting', 'datastore.api_key'),
  key('reporting', 'datastore.ssl.verification_mode', 'full'),
  key('reporting', 'datastore.ssl.certificate_authorities'),
  key('reporting', 'datastore.probe.cluster_version', 'true'),
  key('reporting', 'datastore.use_data_streams', 'true'),
  key('reporting', 'datastore.number_of_shards'),
  key('reporting', 'datastore.number_of_replicas'),
  key('reporting', 'datastore.overwrite_existing_templates', 'false'),
  key('reporting', 'metrics.request.downsample.factor', '1'),
  key('teams', '*.url', 'https://github.com/elastic/rally-teams'),
  key('defaults', 'preserve_benchmark_candidate', 'false'),
  key('distributions', '*.cache', 'true'),
  key('distributions', '*.url'),
  key('distributions', 'runtime.jdk.bundled'),
  key('track', 'track.downloader.multipart_enabled', 'false'),
  key('actor', 'actor.process.startup.method'),
  key('storage', 'storage.*')
]

/** Names that can be looked up when a key or section is misspelt; patterns are left out. */
export const ELASTIC_NAMES: readonly (readonly [section: string, key: string])[] = ELASTIC_KEYS.flatMap((known) => {
  const name = known.key.source.slice(1, -1).replaceAll('\\.', '.')
  return name.includes('.+') ? [] : [[known.section, name] as const]
})

export function elasticKey(section: string, name: string): ElasticKey | null {
  return ELASTIC_KEYS.find((known) => known.section === section && known.key.test(name)) ?? null
}

/** True if leaving the key out of account changes nothing. */
export function isNeutral(known: ElasticKey, value: string, confDir: string): boolean {
  return value === '' || known.neutral.some((neutral) => substitute(neutral, confDir).toLowerCase() === value.toLowerCase())
}
