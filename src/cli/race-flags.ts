// The flags of `rally race`, and the groups of flags it shares with other commands.

import { flag, group, later, type Flag } from './flag.ts'

/** Where the track comes from. */
export const TRACK_SOURCE: readonly Flag[] = group('Track', [
  flag('text', 'track-repository NAME', 'repository of tracks, as named in rally.ini', { fallback: 'default' }),
  flag('path', 'track-path PATH', 'folder of a track, or its file'),
  flag('text', 'track-revision REVISION', 'revision of the repository of tracks')
])

export const TRACK: readonly Flag[] = group('Track', [
  flag('text', 'track NAME', 'a bundled track, or one of the repository'),
  flag('map', 'track-params PARAMS', 'values for the template: k:v,k:v, JSON, or a .json file'),
  flag('switch', 'ignore-unused-track-params', 'only warn of parameters that the track does not use')
])

export const TASK_FILTER: readonly Flag[] = group('Track', [
  flag('text', 'challenge NAME', "challenge to run; by default the track's default one"),
  flag('list', 'include-tasks LIST', 'run only these: name, type:operation-type or tag:tag, by commas'),
  flag('list', 'exclude-tasks LIST', 'run all but these')
])

export const BUILD_FLAVOR: readonly Flag[] = group('Track', [
  flag('text', 'build-flavor FLAVOR', 'render as for this flavor of the target', { choices: ['default', 'serverless'] }),
  flag('switch', 'serverless-operator', 'render as for an operator of a serverless target')
])

export const REPORT_FORMATS = ['markdown', 'csv', 'json'] as const

export const REPORT: readonly Flag[] = group('Report', [
  flag('text', 'report-format FORMAT', 'form of the report', { choices: REPORT_FORMATS, fallback: 'markdown' }),
  flag('text', 'report-numbers-align SIDE', 'alignment of numbers in markdown', {
    choices: ['right', 'center', 'left', 'decimal'],
    fallback: 'decimal'
  }),
  flag('path', 'report-file PATH', 'also append the report to this file')
])

const TARGET = group('Target', [
  flag('text', 'pipeline NAME', 'what is measured; see `rally list pipelines`', {
    choices: ['embedded', 'benchmark-only'],
    laterChoices: ['from-sources', 'from-distribution', 'docker']
  }),
  flag('hosts', 'target-hosts HOSTS', 'host:port,host:port or https://user:password@host/prefix, or JSON'),
  flag('options', 'client-options OPTIONS', 'how to speak to the target: k:v,k:v, JSON, or a .json file', { fallback: 'timeout:60' }),
  flag('text', 'http-engine ENGINE', 'what sends the requests; by default http.engine of rally.ini', {
    choices: ['undici', 'lean'],
    origin: 'rally'
  }),
  flag('text', 'on-error MODE', 'what a failed request does', {
    choices: ['continue', 'continue-on-network', 'abort'],
    fallback: 'continue'
  })
])

const RACE = group('Race', [
  flag('race-id', 'race-id ID', 'id of this race; by default a random one'),
  flag('text', 'seed TEXT', 'seed of every random choice; by default a random one', { origin: 'rally' }),
  flag('map', 'user-tags TAGS', 'kept with the race: k:v,k:v, JSON, or a .json file', { aliases: ['user-tag'] }),
  flag('switch', 'test-mode', 'a short race over little data, to check a track'),
  flag('switch', 'pull-samples', 'bring all samples here after the race, and read the percentiles from them', { origin: 'rally' }),
  flag('switch', 'enable-assertions', 'check the assertions of the tasks; one that fails ends the race')
])

const NODES = group('Load drivers', [
  flag('load-drivers', 'load-driver-hosts HOSTS', 'nodes that send the load: NAME,HOST:PORT,localhost; each runs rallyd', { fallback: 'localhost' }),
  flag('text', 'on-node-loss MODE', 'what the loss of one does once the load has begun: both make the race invalid', {
    choices: ['abort', 'continue'],
    fallback: 'abort',
    origin: 'rally'
  }),
  flag('switch', 'force', 'take the nodes from another race, which is ended', { origin: 'rally' }),
  flag('switch', 'no-distribute-corpora', 'each node brings its own copy of the corpora, instead of its part from here', { origin: 'rally' }),
  flag('switch', 'no-bootstrap', 'leave the program on the nodes as it is (as now always: `rally bootstrap` is not served yet); another version is refused', { origin: 'rally' })
])

export const SHOWN: readonly Flag[] = group('Report', [
  flag('text', 'show-in-report WHICH', 'rows of the report', { choices: ['available', 'all-percentiles', 'all'], fallback: 'available' })
])

const ELASTIC_LATER = later(
  'revision car car-params runtime-jdk elasticsearch-plugins plugin-params telemetry telemetry-params distribution-version ' +
    'distribution-repository source-build-method cluster-name team-repository team-revision team-path effective-start-date',
  'preserve-install enable-driver-profiling multi-cluster kill-running-processes skip-rest-api-check source-build-release'
)
const OURS_LATER = later('require abort-when transport node-name', '', 'rally')

export const RACE_FLAGS: readonly Flag[] = [
  ...TRACK,
  ...TRACK_SOURCE,
  ...TASK_FILTER,
  ...TARGET,
  ...RACE,
  ...NODES,
  ...REPORT,
  ...SHOWN,
  ...ELASTIC_LATER,
  ...OURS_LATER
]
