import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { COMMANDS } from '../../../src/cli/command-table.ts'
import { readArguments, type Arguments } from '../../../src/cli/read-arguments.ts'

function read(...line: string[]): Arguments {
  const found = readArguments(line, COMMANDS)
  assert.ok(found.spec !== null, found.problems.join('\n'))
  return found
}

const given = (...line: string[]): Record<string, string> => Object.fromEntries(read(...line).given)
const problems = (...line: string[]): readonly string[] => readArguments(line, COMMANDS).problems

test('a flag takes its value behind an equals sign or as the next word', () => {
  assert.deepEqual(given('race', '--track=a', '--challenge', 'b'), { track: 'a', challenge: 'b' })
  assert.deepEqual(given('race', '--track', '-5', '--client-options=a:b=c'), { track: '-5', 'client-options': 'a:b=c' })
})

test('a flag may be shortened as long as only one begins so; its full name wins', () => {
  assert.deepEqual(given('race', '--target-host=h:1', '--track=t'), { 'target-hosts': 'h:1', track: 't' })
  assert.deepEqual(problems('race', '--track=t', '--re=x'), [
    '--re is ambiguous: it may be --report-format or --report-numbers-align or --report-file or --revision'
  ])
})

test('flags of Elastic Rally go before ours when shortened: --on stays --on-error', () => {
  assert.deepEqual(given('race', '--track=t', '--on=abort'), { track: 't', 'on-error': 'abort' })
  assert.deepEqual(given('race', '--track=t', '--see=1'), { track: 't', seed: '1' })
})

test('an alias is the flag itself, shortened too', () => {
  assert.deepEqual(given('race', '--track=t', '--user-tag=a:b'), { track: 't', 'user-tags': 'a:b' })
  assert.deepEqual(given('race', '--track=t', '--user=a:b'), { track: 't', 'user-tags': 'a:b' })
})

test('of a flag given twice the last one counts; --no-quiet takes --quiet back', () => {
  assert.deepEqual(given('race', '--track=a', '--track=b', '--quiet', '--no-quiet'), { track: 'b', quiet: 'false' })
})

test('an empty value is as good as no flag', () => {
  assert.deepEqual(given('race', '--track=t', '--challenge='), { track: 't' })
  assert.deepEqual(problems('race', '--track='), ['--track or --track-path is required'])
})

test('a switch takes no value, and others need one', () => {
  assert.deepEqual(problems('race', '--track=t', '--test-mode=yes', '--challenge', '--offline'), [
    '--test-mode takes no value, but has "yes"',
    '--challenge needs a value'
  ])
})

test('flags that exclude each other are named', () => {
  assert.deepEqual(problems('race', '--track-path=p', '--track-repository=r', '--include-tasks=a', '--exclude-tasks=b'), [
    '--track-path is not allowed with --track-repository',
    '--include-tasks is not allowed with --exclude-tasks'
  ])
  assert.deepEqual(problems('race', '--track-path=p', '--track=t', '--track-revision=x'), [
    '--track-path is not allowed with --track',
    '--track-path is not allowed with --track-revision'
  ])
})

test('the word of a command may stand anywhere, also behind a double dash', () => {
  for (const line of [
    ['list', 'races', '--limit=3'],
    ['list', '--limit', '3', 'races'],
    ['list', '--limit=3', '--', 'races'],
    ['--quiet', 'list', 'races', '--limit=3']
  ]) {
    assert.equal(read(...line).argument, 'races')
    assert.equal(read(...line).given.get('limit'), '3')
    assert.deepEqual(read(...line).problems, [])
  }
})

test('an unknown word, flag or command comes with the nearest right one', () => {
  assert.deepEqual(problems('list', 'race'), ['rally list has no [race], did you mean [races]?'])
  assert.deepEqual(problems('list', 'xyzzy'), ['rally list has no [xyzzy]: there is tracks, races, pipelines, telemetry'])
  assert.deepEqual(problems('list', 'races', 'more'), ['unexpected "more"'])
  assert.deepEqual(problems('race', '--trak-path=x', '--xyzzy'), [
    'unknown flag --trak-path, did you mean --track-path?',
    'unknown flag --xyzzy'
  ])
  assert.deepEqual(problems('lits'), ['unknown command [lits], did you mean [list]?'])
  assert.deepEqual(problems('--versoin'), ['unknown flag --versoin, did you mean [version]?'])
  assert.deepEqual(problems('--quiet'), ['a command is missing beside --quiet'])
})

test('what is not served yet is refused by its name, with its value', () => {
  assert.deepEqual(problems('race', '--track=t', '--car', 'defaults', '--kill-running-processes'), [
    '--car is not supported yet',
    '--kill-running-processes is not supported yet'
  ])
  assert.deepEqual(problems('list', 'cars'), ['rally list cars is not supported yet'])
  for (const name of [
    'create-track',
    'delete',
    'add',
    'build',
    'download',
    'install',
    'start',
    'stop',
    'bootstrap'
  ]) {
    assert.deepEqual(problems(name, '--anything'), [`rally ${name} is not supported yet`])
  }
})

test('a command may take a word of the user beside the word that says what', () => {
  assert.deepEqual(problems('results', 'pull'), ['RACE-ID is missing: rally results pull RACE-ID'])
  assert.deepEqual(problems('results', 'list'), [])
  assert.deepEqual(problems('results', 'list', 'r', 'more'), ['unexpected "more"'])
  const found = readArguments(['results', 'export', 'r-1', '--format=csv'], COMMANDS)
  assert.deepEqual([found.spec !== null && found.argument, found.spec !== null && found.operand], ['export', 'r-1'])
})

test("every flag of Elastic Rally's commands is known", () => {
  const known: Readonly<Record<string, string>> = {
    race:
      'race-id pipeline revision track-repository track-path track-revision track track-params ignore-unused-track-params challenge car car-params ' +
      'runtime-jdk elasticsearch-plugins plugin-params target-hosts load-driver-hosts client-options on-error telemetry telemetry-params ' +
      'distribution-version distribution-repository include-tasks exclude-tasks user-tags report-format report-numbers-align show-in-report ' +
      'report-file preserve-install test-mode enable-driver-profiling enable-assertions multi-cluster kill-running-processes source-build-method ' +
      'cluster-name team-repository team-revision team-path effective-start-date skip-rest-api-check',
    list:
      'limit track benchmark-name from-date to-date challenge format user-tags track-repository track-path track-revision distribution-version ' +
      'team-repository team-revision team-path',
    info: 'track-repository track-path track-revision track track-params ignore-unused-track-params challenge include-tasks exclude-tasks',
    'render-track':
      'track-repository track-path track-revision track track-params ignore-unused-track-params build-flavor serverless-operator output-path',
    'validate-track':
      'track-repository track-path track-revision track track-params ignore-unused-track-params challenge build-flavor serverless-operator',
    compare: 'baseline contender report-format report-numbers-align report-file show-in-report'
  }
  for (const [command, flags] of Object.entries(known)) {
    const spec = COMMANDS.find(({ name }) => name === command)
    const names = spec?.flags.map(({ name }) => name) ?? []
    for (const flag of `${flags} quiet offline configuration-name`.split(' ')) assert.ok(names.includes(flag), `${command} --${flag}`)
    assert.equal(new Set(names).size, names.length, `${command}: a flag stands twice`)
  }
})

test('any line gives an answer, never an exception', () => {
  const words = fc.oneof(
    fc.string(),
    fc.constantFrom(
      'race',
      'list',
      'tracks',
      '--',
      '-',
      '--=',
      '--track',
      '--quiet',
      '--no-quiet',
      '--user-tag',
      '-h',
      '--help',
      '--__proto__=x',
      'constructor'
    )
  )
  fc.assert(
    fc.property(fc.array(words), (line) => {
      const found = readArguments(line, COMMANDS)
      assert.ok(Array.isArray(found.problems))
    })
  )
})
