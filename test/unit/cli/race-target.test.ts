import assert from 'node:assert/strict'
import { test } from 'node:test'
import { clientOptionsText } from '../../../src/cli/flag-values.ts'
import { pipelineFor, raceTarget } from '../../../src/cli/race-target.ts'
import { targetHosts } from '../../../src/config/target-hosts.ts'
import type { RallyError } from '../../../src/core/errors.ts'

function flags(given: Readonly<Record<string, string>>): ReadonlyMap<string, unknown> {
  return new Map(Object.entries(given).map(([name, text]) => [name, name === 'target-hosts' ? targetHosts(text) : text]))
}

test('a bundled track without hosts runs against the embedded node', () => {
  const { pipeline, hosts, options } = { ...raceTarget(flags({})), pipeline: pipelineFor(true) }
  assert.deepEqual({ pipeline, hosts, options }, { pipeline: 'embedded', hosts: [], options: { timeout: 60 } })
})

test('another track without hosts is an error that says what to add', () => {
  assert.throws(
    () => pipelineFor(false),
    (error: RallyError) => error.kind === 'usage' && /--target-hosts=HOST:PORT, or --pipeline=embedded/.test(error.hint)
  )
})

test('with hosts the cluster behind them is measured, with benchmark-only alone the local one', () => {
  assert.equal(raceTarget(flags({ 'target-hosts': 'h:1' })).pipeline, 'benchmark-only')
  assert.deepEqual(raceTarget(flags({ pipeline: 'benchmark-only' })).hosts, [
    { host: '127.0.0.1', port: 9200, useSsl: false, pathPrefix: '', auth: null }
  ])
  assert.equal(raceTarget(flags({ pipeline: 'embedded' })).pipeline, 'embedded')
})

test('contradictions are refused: hosts for the embedded node, options for another cluster, several clusters', () => {
  const refused = (given: Readonly<Record<string, string>>, pattern: RegExp): void => {
    assert.throws(() => raceTarget(flags(given)), { kind: 'usage', message: pattern })
  }
  refused({ pipeline: 'embedded', 'target-hosts': 'h:1' }, /--target-hosts is not allowed with --pipeline=embedded/)
  refused({ 'target-hosts': '{"default": ["h:1"], "remote": ["i:1"]}' }, /several clusters \(default, remote\)/)
  refused(
    { 'target-hosts': 'h:1', 'client-options': '{"defautl": {}}' },
    /for cluster \[defautl\], --target-hosts for \[default\], did you mean \[default\]\?/
  )
})

test('a cluster of another name goes with options of that name', () => {
  const { options } = raceTarget(flags({ 'target-hosts': '{"a": ["h:1"]}', 'client-options': '{"a": {"timeout": 3}}' }))
  assert.deepEqual(options, { timeout: 3 })
  assert.deepEqual(raceTarget(flags({ 'target-hosts': '{"a": ["h:1"]}' })).options, { timeout: 60 })
  assert.deepEqual(raceTarget(flags({ 'target-hosts': '{"a": ["h:1"]}', 'client-options': 'timeout:3' })).options, { timeout: 3 })
})

test('a secret on the command line is warned of by name, not by value', () => {
  const { warnings } = raceTarget(flags({ 'target-hosts': 'h:1', 'client-options': "basic_auth_user:'u',basic_auth_password:'p:w'" }))
  assert.equal(warnings.length, 1)
  assert.match(warnings[0] ?? '', /basic_auth_password.*--client-options=options\.json/)
  assert.ok(!warnings[0]?.includes('p:w'))
})

test('without the flag, client options are those of Elastic Rally', () => {
  assert.equal(clientOptionsText(new Map()), 'timeout:60')
})
