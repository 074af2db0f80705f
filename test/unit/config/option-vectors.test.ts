// What Elastic Rally 2.13.0 makes of option texts, against what is made of them here.

import assert from 'node:assert/strict'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, test } from 'node:test'
import { clientOptions, parseClientOptions, withMaxConnections } from '../../../src/config/client-options.ts'
import type { HostText } from '../../../src/config/host-text.ts'
import { parseTargetHosts, targetHosts } from '../../../src/config/target-hosts.ts'
import { booleanOf, csvToList, isNone, kvToMap, toDict } from '../../../src/config/value-grammar.ts'
import { closeMatchOfEach } from '../../../src/core/close-match.ts'
import { RallyError } from '../../../src/core/errors.ts'
import { parseJson } from '../../../src/core/json-parse.ts'
import { isObject, JsonNumber, type JsonObject, type JsonValue } from '../../../src/core/json.ts'
import { fixturesDir } from '../../fixtures-dir.ts'

const file = join(fixturesDir ?? 'test/fixtures', 'esrally-vectors', 'opts.json')
if (fixturesDir === null) console.log('RALLY_FIXTURES is not set: the sample of opts.json only')

interface Vector {
  readonly kind: string
  readonly name: string
  readonly input: JsonObject
  readonly expected?: JsonValue
  readonly error?: JsonValue
}

const vectors = parseJson(readFileSync(file, 'utf8')) as unknown as readonly Vector[]
const folder = mkdtempSync(join(tmpdir(), 'rally-opts-'))
after(() => rmSync(folder, { recursive: true }))

/** Where we take what Elastic Rally crashes on: each with its reason; never where it succeeds. */
const DEVIATIONS: readonly { readonly reason: string; readonly of: readonly string[]; readonly holds: (argument: string) => boolean }[] = [
  {
    reason: 'a value in single quotes may hold commas and colons: passwords do',
    of: ['to_dict', 'ClientOptions'],
    holds: (argument) => /:\s*'[^']*[,:][^']*'\s*(,|$)/.test(argument)
  },
  {
    reason: 'a JSON array of hosts is the default cluster',
    of: ['TargetHosts'],
    holds: (argument) => /^\s*\[\s*("|\])/.test(argument) || argument === 'hostsarr.json'
  }
]

/** Nothing here prints lists in these forms: close matches are said at the end of each message. */
const NOT_OURS = ['bulleted_list_of', 'double_quoted_list_of']

for (const vector of vectors.filter((candidate) => !NOT_OURS.includes(candidate.kind))) {
  test(`Elastic Rally's ${vector.kind} of ${JSON.stringify(vector.input)}`, () => {
    const argument = argumentOf(vector.input['arg'] ?? null)
    if (vector.error === undefined) {
      assert.deepEqual(normal(answer(vector.kind, argument, vector.input)), normal(vector.expected ?? null))
      return
    }
    const deviation = DEVIATIONS.find((one) => one.of.includes(vector.kind) && one.holds(String(argument)))
    if (deviation === undefined) assert.throws(() => answer(vector.kind, argument, vector.input), isUsageError)
    else answer(vector.kind, argument, vector.input)
  })
}

test('whatever Elastic Rally reads as hosts or client options is usable here, or refused in clear words', () => {
  for (const { kind, input } of vectors) {
    if (kind !== 'TargetHosts' && kind !== 'ClientOptions') continue
    const argument = argumentOf(input['arg'] ?? null) as string
    try {
      if (kind === 'TargetHosts') {
        for (const host of Object.values(targetHosts(argument, folder)).flat()) assert.ok(host.host !== '' && host.port > 0)
      } else for (const options of Object.values(clientOptions(argument, null, folder))) assert.ok('timeout' in options)
    } catch (error) {
      assert.ok(isUsageError(error), String(error))
    }
  }
})

function isUsageError(error: unknown): boolean {
  return error instanceof RallyError && error.kind === 'usage'
}

/** A text, a list, or the name of a file that is made for it. */
function argumentOf(given: JsonValue): JsonValue {
  if (!isObject(given) || typeof given['file'] !== 'string') return given
  writeFileSync(join(folder, given['file']), String(given['content']))
  return given['file']
}

function answer(kind: string, argument: JsonValue, input: JsonObject): unknown {
  const text = argument as string
  if (kind === 'make_list_of_close_matches')
    return closeMatchOfEach(input['words'] as readonly string[], input['possibilities'] as readonly string[])
  if (kind === 'to_bool' || kind === 'to_none') return wordOf(kind, argument)
  if (kind === 'csv_to_list') return argument === null ? null : csvToList(text, folder)
  if (kind === 'kv_to_map') return kvToMap(argument as readonly JsonValue[])
  if (kind === 'to_dict') return toDict(text, { baseDir: folder })
  if (kind === 'TargetHosts') {
    const all = Object.fromEntries(
      Object.entries(parseTargetHosts(text, folder)).map(([cluster, hosts]) => [cluster, hosts.map(asElastic)])
    )
    return { all_hosts: all, default: 'default' in all ? { expected: all['default'] } : 'error' }
  }
  const clusters = typeof input['target_hosts'] === 'string' ? Object.keys(parseTargetHosts(input['target_hosts'])) : null
  return asOptions(parseClientOptions(text, clusters, folder) as JsonObject)
}

/** Both let a missing value through and fail on a text that is not one of their words. */
function wordOf(kind: string, argument: JsonValue): boolean | null {
  if (argument === null) return null
  const found = kind === 'to_bool' ? booleanOf(String(argument)) : isNone(String(argument)) ? null : undefined
  if (found === undefined || (found === null && kind === 'to_bool')) throw new RallyError('usage', `${kind} of ${String(argument)}`)
  return found
}

/** The dictionary that Elastic's client gets of a host. */
function asElastic(given: { readonly text: HostText } | { readonly object: JsonObject }): JsonObject {
  if ('object' in given) return given.object
  const { host, port, urlScheme, path, auth } = given.text
  return {
    host,
    ...(urlScheme === 'https' ? { port: port ?? 443, use_ssl: true } : port === null ? {} : { port }),
    ...(auth === null ? {} : { http_auth: `${auth[0]}:${auth[1]}` }),
    ...(path === '' || path === '/' ? {} : { url_prefix: path })
  }
}

/** What the vectors tell of a ClientOptions object; a property that fails there is `error` here. */
function asOptions(all: JsonObject): unknown {
  const isFlat = !isObject(all) || Object.values(all).some((options) => !isObject(options))
  const withMax = (clients: number): unknown => {
    if (isFlat) return 'error'
    try {
      const amended = Object.entries(all).map(([cluster, options]) => [cluster, withMaxConnections(options as JsonObject, clients)] as const)
      return { expected: Object.fromEntries<unknown>(amended) }
    } catch (error) {
      if (isUsageError(error)) return 'error'
      throw error
    }
  }
  const standard = all['default']
  return {
    all,
    default: isObject(standard) ? { expected: standard } : 'error',
    max_connections_1: withMax(1),
    max_connections_500: withMax(500),
    static: isObject(standard) ? { expected: 'static_responses' in standard ? standard['static_responses'] : false } : 'error'
  }
}

/** One form for numbers however written, with floats apart from ints; errors lose their words. */
function normal(value: unknown): unknown {
  if (value instanceof JsonNumber) return number(value)
  if (typeof value === 'number') return Number.isSafeInteger(value) ? `int ${value}` : `float ${value}`
  if (Array.isArray(value)) return value.map(normal)
  if (!isObject(value)) return value
  const members = value as Readonly<Record<string, unknown>>
  if (typeof members['$float'] === 'string') return `float ${Number(members['$float'].replace('inf', 'Infinity'))}`
  if (typeof members['$int'] === 'string') return `int ${members['$int']}`
  if ('error_class' in members) return 'error'
  return Object.fromEntries(
    Object.keys(members)
      .sort()
      .map((key) => [key, normal(members[key])])
  )
}

function number(value: JsonNumber): string {
  return value.isFloat ? `float ${value.valueOf()}` : `int ${value.text}`
}
