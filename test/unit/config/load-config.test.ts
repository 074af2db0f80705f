import assert from 'node:assert/strict'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, test } from 'node:test'
import type { Config } from '../../../src/config/config.ts'
import { loadConfig, type ConfigSources } from '../../../src/config/load-config.ts'
import { RallyError } from '../../../src/core/errors.ts'

let home = ''
let ini = ''
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'rally-ini-'))
  mkdirSync(join(home, '.rally'))
  ini = join(home, '.rally', 'rally.ini')
})
afterEach(() => rmSync(home, { recursive: true }))

function load(text: string | Buffer | null, more: Partial<ConfigSources> = {}): Config {
  if (text !== null) writeFileSync(ini, text)
  return loadConfig({ environment: {}, homeDir: home, ...more })
}

function failure(text: string | Buffer, more: Partial<ConfigSources> = {}): RallyError {
  try {
    load(text, more)
  } catch (error) {
    assert.ok(error instanceof RallyError, String(error))
    return error
  }
  return assert.fail('no error')
}

const lines = (config: Config): string[] => config.warnings.map((warning) => warning.replace(`${ini}:`, ''))

test('without a file the defaults hold, and no file is written', () => {
  const config = load(null)
  assert.equal(config.system.envName, 'local')
  assert.equal(config.system.availableCores, null)
  assert.equal(config.system.httpEngine, 'undici')
  assert.equal(config.node.rootDir, join(home, '.rally', 'benchmarks'))
  assert.equal(config.benchmarks.localDatasetCache, join(home, '.rally', 'benchmarks', 'data'))
  assert.deepEqual(config.health, {
    loopDelayP99Ms: 20,
    workerCpuPercent: 95,
    cpuWaitPercent: 50,
    stealPercent: 10,
    windowSeconds: 5,
    mainDelayP99Ms: 200,
    sendDelayP99Ms: 5,
    sendDelayLatencyPercent: 10,
    processingOverheadPercent: 20,
    droppedSamples: 0,
    capacityPercent: 90
  })
  assert.deepEqual(config.warnings, [])
  assert.throws(() => readFileSync(ini))
})

test('RALLY_HOME moves the folder; an empty one does not', () => {
  assert.equal(load(null, { environment: { RALLY_HOME: '/x' } }).confDir, '/x/.rally')
  assert.equal(load(null, { environment: { RALLY_HOME: '' } }).confDir, join(home, '.rally'))
})

test("Elastic Rally's own template is read without a word, also with the folders written out", () => {
  for (const dir of ['${CONFIG_DIR}', '$CONFIG_DIR', join(home, '.rally')]) {
    const config = load(`[meta]
config.version = 17
[system]
env.name = local
[node]
root.dir = ${dir}/benchmarks
src.root.dir = ${dir}/benchmarks/src
[source]
remote.repo.url = https://github.com/elastic/elasticsearch.git
elasticsearch.src.subdir = elasticsearch
cache = true
[benchmarks]
local.dataset.cache = ${dir}/benchmarks/data
[reporting]
datastore.type = in-memory
datastore.host =
datastore.port =
datastore.secure = False
datastore.user =
datastore.password =
[tracks]
default.url = https://github.com/elastic/rally-tracks
[teams]
default.url = https://github.com/elastic/rally-teams
[defaults]
preserve_benchmark_candidate = false
[distributions]
release.cache = true
`)
    assert.deepEqual(config.warnings, [])
    assert.equal(config.node.rootDir, join(home, '.rally', 'benchmarks'))
  }
})

test('a lone dollar or percent sign stays; doubled ones count once; %(key)s is another key of the section', () => {
  const config = load('[system]\nenv.name = 5$-100%-$$x-%%y-%z-${OTHER}\n[node]\nroot.dir = /r/%(base)s\nbase = b\n')
  assert.equal(config.system.envName, '5$-100%-$x-%y-%z-${OTHER}')
  assert.equal(config.node.rootDir, '/r/b')
})

test('a hash or semicolon, quotes, backslashes and words stay in a value as they stand', () => {
  for (const value of ['a#b;c', '"quoted"', 'C:\\new\\;x', 'null', 'true', 'x = y', '[v]', "it's"]) {
    assert.equal(load(`[system]\nenv.name = ${value}\n`).system.envName, value)
  }
})

test('comments, blank lines, a byte order mark, Windows line ends, colons and indented keys are read', () => {
  const config = load('\ufeff; a comment\r\n[system]\r\n# another\r\n  env.name : ci\r\n\r\n  available.cores:4\r\n')
  assert.equal(config.system.envName, 'ci')
  assert.equal(config.system.availableCores, 4)
  assert.deepEqual(config.warnings, [])
})

test('keys are the same in upper and lower case, but repositories keep their case', () => {
  const config = load('[System]\nENV.Name = ci\n[tracks]\nMyRepo.url = git@h:r#main\nmy.repo.URL = x\n')
  assert.equal(config.system.envName, 'ci')
  assert.deepEqual(config.tracks.urls, { default: 'https://github.com/elastic/rally-tracks', MyRepo: 'git@h:r#main', 'my.repo': 'x' })
})

test('every spelling of true and false is taken', () => {
  for (const [word, value] of Object.entries({
    TRUE: true,
    yes: true,
    On: true,
    t: true,
    1: true,
    False: false,
    no: false,
    OFF: false,
    n: false,
    0: false
  })) {
    assert.equal(load(`[reporting]\noutput.processingtime = ${word}\n`).reporting.outputProcessingtime, value)
  }
})

test('paths are absolute: ~ is the home folder, others are below the folder of the file', () => {
  const config = load('[node]\nroot.dir = ~/b\n[benchmarks]\nlocal.dataset.cache = data\n')
  assert.equal(config.node.rootDir, join(home, 'b'))
  assert.equal(config.benchmarks.localDatasetCache, join(home, '.rally', 'data'))
})

test('another version of the format is refused with both versions; none at all is taken for the right one', () => {
  assert.match(
    failure('[meta]\nconfig.version = 16\n').message,
    /rally\.ini:2: section \[meta\], key \[config\.version\] is too old: found 16, this program reads version 17/
  )
  assert.match(failure('[meta]\nconfig.version = 18\n').message, /of a newer program: found 18/)
  assert.equal(load('[system]\nenv.name = x\n').meta.configVersion, 17)
})

test('all mistakes come at once, each with file, line, section, key and value', () => {
  const error = failure(
    '[system]\navailable.cores = four\nhttp.engine = curl\n[health]\nsteal.percent = -1\nwindow.seconds = 2.5\n[reporting]\noutput.processingtime = maybe\nfoo\n'
  )
  assert.equal(error.kind, 'config')
  assert.deepEqual(
    error.problems.map((problem) => problem.replace(`${ini}:`, '')),
    [
      '9: "foo" is neither a [section] nor key = value',
      '2: section [system], key [available.cores]: "four" is not a whole number',
      '3: section [system], key [http.engine]: "curl" is none of undici, lean',
      '8: section [reporting], key [output.processingtime]: "maybe" is neither true nor false',
      '5: section [health], key [steal.percent]: -1 is less than 0',
      '6: section [health], key [window.seconds]: "2.5" is not a whole number'
    ]
  )
})

test('a key before any section is named, and so is a value over several lines', () => {
  assert.match(failure('env.name = x\n').message, /:1: key \[env\.name\] stands before any \[section\]/)
  assert.match(
    failure('[system]\nenv.name = x\n  available.cores = 3\n').message,
    /:2: section \[system\], key \[env\.name\]: the value goes over several lines/
  )
})

test('a file that is no text, or no file at all, is an error that names it', () => {
  assert.match(failure(Buffer.from([91, 255, 93])).message, /rally\.ini is not UTF-8/)
  rmSync(ini)
  mkdirSync(ini)
  assert.throws(() => load(null), { name: 'RallyError', message: /rally\.ini cannot be read/ })
})

test('unknown keys and sections are warned of with the nearest right word', () => {
  const config = load('[system]\nenv.nam = x\n[sytem]\na = b\n[node]\nlocal.dataset.cache = /x\n[health]\nzzz = 1\n')
  assert.deepEqual(lines(config), [
    '2: section [system], unknown key [env.nam], did you mean [env.name]?',
    '6: section [node], unknown key [local.dataset.cache]: it belongs to section [benchmarks]',
    '8: section [health], unknown key [zzz]',
    '3: unknown section [sytem], did you mean [system]?'
  ])
})

test('names out of the prototype of objects are unknown like any other', () => {
  assert.deepEqual(lines(load('[system]\n__proto__ = 1\nconstructor = 2\n[__proto__]\nx = 1\n[constructor]\ny = 2\n')), [
    '3: section [system], unknown key [constructor]',
    '4: unknown section [__proto__]',
    '6: unknown section [constructor]'
  ])
})

test('keys of Elastic Rally that are not served yet are named, but their values are not shown', () => {
  const config = load(
    '[reporting]\ndatastore.password = s3cret\nmetrics.request.downsample.factor = 4\n[source]\nplugin.x.src.dir = /p\ncache.days = 7\n'
  )
  assert.deepEqual(lines(config), [
    '2: section [reporting], key [datastore.password] is not supported yet and has no effect',
    '3: section [reporting], key [metrics.request.downsample.factor] is not supported yet and has no effect',
    '5: section [source], key [plugin.x.src.dir] is not supported yet and has no effect'
  ])
})

test('a key given twice counts as the last one says, with a warning', () => {
  const config = load('[system]\nenv.name = a\n[node]\n[system]\nenv.name = b\n')
  assert.equal(config.system.envName, 'b')
  assert.deepEqual(lines(config), ['5: section [system], key [env.name] also stands in line 2; the last one counts'])
})

test('another datastore is refused where results would get lost, unless in-memory is asked for', () => {
  const text = '[reporting]\ndatastore.type = elasticsearch\n'
  assert.match(
    failure(text).message,
    /:2: section \[reporting\], key \[datastore\.type\]: "elasticsearch" is not supported yet: give --datastore-type=in-memory/
  )
  assert.equal(load(text, { datastoreType: 'in-memory' }).reporting.datastoreType, 'in-memory')
  assert.deepEqual(load(text, { needsDatastore: false }).warnings, [])
})

test('--configuration-name reads its own file, and warns if it is not there', () => {
  writeFileSync(join(home, '.rally', 'rally-ci.ini'), '[system]\nenv.name = ci\n')
  assert.equal(load(null, { configurationName: 'ci' }).system.envName, 'ci')
  assert.match(load(null, { configurationName: 'no' }).warnings[0] ?? '', /rally-no\.ini does not exist: the defaults hold/)
  assert.throws(() => load(null, { configurationName: '../x' }), { kind: 'usage' })
})

test('the configuration cannot be changed', () => {
  const config = load('[tracks]\nx.url = y\n')
  assert.throws(() => Object.assign(config.tracks.urls, { z: '1' }), TypeError)
  assert.throws(() => Object.assign(config.health, { stealPercent: 1 }), TypeError)
})
