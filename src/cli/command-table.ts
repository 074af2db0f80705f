// Every command there is, was at Elastic Rally's, or will be.

import { CLUSTER_FLAGS } from './cluster-flags.ts'
import type { CommandSpec } from './command.ts'
import { DAEMON_FLAGS, STATUS_FLAGS } from './daemon-flags.ts'
import { COMMON_FLAGS, flag, group, later, type Flag } from './flag.ts'
import { RESULTS_FLAGS } from './results-flags.ts'
import { BUILD_FLAVOR, RACE_FLAGS, REPORT, TASK_FILTER, TRACK, TRACK_SOURCE } from './race-flags.ts'

const TEAM_LATER = later('team-repository team-revision team-path')
const TRACK_EXCLUSIVE = [
  ['track-path', 'track-repository'],
  ['track-path', 'track'],
  ['track-path', 'track-revision']
]
const ONE_TRACK = [['track', 'track-path']]
const challengeOnly = TASK_FILTER.filter(({ name }) => name === 'challenge')

const LIST_FLAGS: readonly Flag[] = [
  ...group('Races', [
    flag('count', 'limit COUNT', 'so many races at most', { fallback: '10' }),
    flag('text', 'track NAME', 'only races of this track'),
    flag('text', 'challenge NAME', 'only races of this challenge'),
    flag('text', 'benchmark-name NAME', 'only races with this user tag `name` or `benchmark-name`'),
    flag('map', 'user-tags TAGS', 'only races with all of these tags', { aliases: ['user-tag'] }),
    flag('date', 'from-date YYYYMMDD', 'only races since this day'),
    flag('date', 'to-date YYYYMMDD', 'only races until the end of this day')
  ]),
  ...group('General', [flag('text', 'format FORMAT', 'form of the list', { choices: ['text', 'json'], fallback: 'text' })]),
  ...TRACK_SOURCE,
  ...later('distribution-version'),
  ...TEAM_LATER
]

const COMPARE_FLAGS: readonly Flag[] = [
  ...group('Races', [
    flag('text', 'baseline RACE-ID', 'the race to compare with'),
    flag('text', 'contender RACE-ID', 'the race to compare')
  ]),
  ...REPORT,
  ...group('Report', [flag('text', 'show-in-report WHICH', 'taken and without effect, as in Elastic Rally')])
]

function command(name: string, summary: string, flags: readonly Flag[], extra: Partial<CommandSpec> = {}): CommandSpec {
  const base = {
    name,
    summary,
    argument: null,
    operand: null,
    exclusive: [],
    required: [],
    state: 'served',
    isQuiet: false,
    errorPrefix: `Cannot ${name}: `,
    examples: []
  } as const
  return { ...base, ...extra, flags: [...flags, ...COMMON_FLAGS] }
}

const unserved = (name: string, summary: string): CommandSpec => command(name, summary, [], { state: 'later' })

export const COMMANDS: readonly CommandSpec[] = [
  command('race', 'run a track against a target and report what was measured', RACE_FLAGS, {
    exclusive: [...TRACK_EXCLUSIVE, ['include-tasks', 'exclude-tasks']],
    required: ONE_TRACK,
    examples: [
      'rally race --track=cities',
      'rally race --track=cities --target-hosts=127.0.0.1:9200',
      'rally race --track-path=./my-track --target-hosts=https://es:9200 --client-options=options.json --report-file=report.md'
    ]
  }),
  command('list', 'show tracks, races, pipelines or telemetry devices', LIST_FLAGS, {
    argument: {
      name: 'what',
      choices: {
        tracks: 'the tracks one can race',
        races: 'the races run so far',
        pipelines: 'what a race can be run against',
        telemetry: 'what is measured beside the load'
      },
      laterChoices: ['cars', 'elasticsearch-plugins', 'annotations']
    },
    exclusive: TRACK_EXCLUSIVE.slice(0, 1),
    examples: ['rally list tracks', 'rally list races --limit=3 --format=json']
  }),
  command('info', 'show what a track holds and does', [...TRACK, ...TRACK_SOURCE, ...TASK_FILTER], {
    exclusive: [...TRACK_EXCLUSIVE, ['include-tasks', 'exclude-tasks']],
    required: ONE_TRACK,
    examples: ['rally info --track=cities', 'rally info --track-path=./my-track --challenge=append']
  }),
  command(
    'render-track',
    'show a track as the template makes it',
    [
      ...TRACK,
      ...TRACK_SOURCE,
      ...BUILD_FLAVOR,
      ...group('General', [
        flag('path', 'output-path PATH', 'write to this file instead of the terminal'),
        flag('text', 'format FORMAT', 'json: document, bodies, loaded model and parameters in one object', {
          choices: ['json'],
          origin: 'rally'
        })
      ])
    ],
    {
      exclusive: TRACK_EXCLUSIVE,
      required: ONE_TRACK,
      isQuiet: true,
      examples: [
        'rally render-track --track=cities --track-params=bulk_size:500',
        'rally render-track --track-path=./my-track --format=json'
      ]
    }
  ),
  command('validate-track', 'check a track without a target', [...TRACK, ...TRACK_SOURCE, ...challengeOnly, ...BUILD_FLAVOR], {
    exclusive: TRACK_EXCLUSIVE,
    required: ONE_TRACK,
    isQuiet: true,
    examples: ['rally validate-track --track-path=./my-track --no-quiet']
  }),
  command('compare', 'show what changed between two races', COMPARE_FLAGS, {
    required: [['baseline'], ['contender']],
    examples: ['rally compare --baseline=RACE-ID --contender=RACE-ID']
  }),
  command('daemon', 'wait for races on this machine', DAEMON_FLAGS, {
    argument: {
      name: 'what',
      choices: {
        start: 'start the daemon; returns when it listens',
        stop: 'end the daemon, its races and all their processes',
        restart: 'stop and start; what no flag says is as it was',
        status: 'show what the daemon of this machine does'
      },
      laterChoices: []
    },
    isQuiet: true,
    errorPrefix: '',
    examples: ['rally daemon start --node-name=a --node-ip=10.0.0.2 --coordinator-ip=10.0.0.1', 'rally daemon status', 'rallyd stop']
  }),
  command('status', 'show every known node and what it does', STATUS_FLAGS, {
    isQuiet: true,
    errorPrefix: '',
    examples: ['rally status', 'rally status --watch', 'rally status --json']
  }),
  command('cluster', 'make the key of a cluster and bring it to its nodes', CLUSTER_FLAGS, {
    argument: {
      name: 'what',
      choices: {
        'key create': "make the cluster's key, once, on the coordinator",
        'key export': "print a node's own key, to be piped to it",
        'key import': 'keep the key that comes over stdin, on the node'
      },
      laterChoices: []
    },
    isQuiet: true,
    errorPrefix: '',
    examples: ['rally cluster key create', 'rally cluster key export --node a | ssh a rally cluster key import']
  }),
  command('results', 'list, pull or export the samples of a race', RESULTS_FLAGS, {
    argument: {
      name: 'what',
      choices: {
        list: 'the races whose samples are here; of one race, what there is of it',
        pull: 'bring the samples here and make the report of them, also after a crash',
        export: 'every sample of a race as text'
      },
      laterChoices: []
    },
    operand: { name: 'RACE-ID', optionalFor: ['list'] },
    errorPrefix: '',
    examples: ['rally results list', 'rally results pull RACE-ID', 'rally results export RACE-ID --format=csv --output-path=samples.csv']
  }),
  unserved('create-track', 'make a track of the indices of a cluster'),
  unserved('delete', 'delete races or annotations'),
  unserved('add', 'add an annotation'),
  unserved('build', 'build a target from its sources'),
  unserved('download', 'download a target'),
  unserved('install', 'install a node of a target'),
  unserved('start', 'start a node of a target'),
  unserved('stop', 'stop a node of a target'),
  unserved('bootstrap', 'bring Rally to other machines')
]
