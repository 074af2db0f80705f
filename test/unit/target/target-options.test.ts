import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RallyError } from '../../../src/core/errors.ts'
import { targetOptionsFrom, type TargetOptions } from '../../../src/target/target-options.ts'

const host = { host: 'a', port: 9200, useSsl: false, pathPrefix: '', auth: null }

function from(clientOptions: Record<string, unknown>): TargetOptions {
  return targetOptionsFrom([host], clientOptions)
}

function problemsOf(clientOptions: Record<string, unknown>): readonly string[] {
  try {
    from(clientOptions)
  } catch (error) {
    assert.ok(error instanceof RallyError)
    assert.equal(error.exitCode, 64)
    return error.problems.length === 0 ? [error.message] : error.problems
  }
  return []
}

test('without options: 60 s, no retries, compressed answers, plain bodies, certificates verified', () => {
  const options = from({})
  assert.equal(options.timeoutMs, 60_000)
  assert.deepEqual(options.retries, { max: 0, onStatus: [429, 502, 503, 504], onTimeout: false })
  assert.deepEqual([options.acceptEncoding, options.compressRequests, options.tls.verify], ['gzip', false, true])
  assert.equal(options.secrets.authorization, null)
})

test('a timeout is in seconds; None waits for ever', () => {
  assert.equal(from({ timeout: 0.5 }).timeoutMs, 500)
  assert.equal(from({ timeout: '120' }).timeoutMs, 120_000)
  assert.equal(from({ timeout: null }).timeoutMs, null)
  assert.equal(from({ timeout: 'None' }).timeoutMs, null)
  for (const timeout of [0, -1, 'soon', '', true, Number.NaN])
    assert.match(problemsOf({ timeout })[0] ?? '', /\[timeout\]: a number of seconds/)
})

test('use_ssl holds for all hosts', () => {
  assert.equal(from({ use_ssl: true }).hosts[0]?.useSsl, true)
  assert.equal(targetOptionsFrom([{ ...host, useSsl: true }], { use_ssl: false }).hosts[0]?.useSsl, true)
})

test('every way to say who we are becomes the one header', () => {
  assert.equal(
    from({ basic_auth_user: 'me', basic_auth_password: 'päss:word' }).secrets.authorization,
    `Basic ${Buffer.from('me:päss:word').toString('base64')}`
  )
  assert.equal(from({ api_key: 'aWQ6a2V5' }).secrets.authorization, 'ApiKey aWQ6a2V5')
  assert.equal(from({ api_key: 'id:key' }).secrets.authorization, 'ApiKey aWQ6a2V5')
  assert.equal(from({ api_key: ['id', 'key'] }).secrets.authorization, 'ApiKey aWQ6a2V5')
  assert.equal(from({ bearer_auth: 'x.y' }).secrets.authorization, 'Bearer x.y')
  assert.equal(from({ headers: { Authorization: 'Custom 1', 'X-A': 2 } }).secrets.authorization, 'Custom 1')
})

test('secrets are in `secrets` and nowhere else', () => {
  const { secrets, ...rest } = targetOptionsFrom([{ ...host, auth: { user: 'u', password: 'from-url' } }], {
    headers: { authorization: 'Bearer tok-en', 'x-a': '1' }
  })
  assert.doesNotMatch(JSON.stringify(rest), /tok-en|from-url/i)
  assert.deepEqual(rest.headers, { 'x-a': '1' })
  assert.deepEqual(secrets.hostAuthorizations, [`Basic ${Buffer.from('u:from-url').toString('base64')}`])
})

test('options survive JSON', () => {
  const options = from({ basic_auth_user: 'a', basic_auth_password: 'b', max_retries: 3, http_compress: 'true' })
  assert.deepEqual(JSON.parse(JSON.stringify(options)), options)
  assert.deepEqual([options.retries.max, options.compressRequests], [3, true])
})

test('compressed is the old name of http_compress', () => {
  assert.equal(from({ compressed: true }).compressRequests, true)
})

test('options without effect here are taken, and so are switches that are off', () => {
  assert.deepEqual(problemsOf({ max_connections: 512, enable_cleanup_closed: false, ssl_show_warn: false, sniff_on_start: false }), [])
})

test('all mistakes come at once, unknown words with the nearest right one', () => {
  const problems = problemsOf({
    basic_auth_usr: 'a',
    verify_certs: 'perhaps',
    max_retries: -1,
    retry_on_status: ['x'],
    static_responses: 'f.json',
    api_key: 'a',
    bearer_auth: 'b',
    headers: []
  })
  assert.equal(problems.length, 7)
  const text = problems.join('\n')
  assert.match(text, /\[basic_auth_usr\] is unknown, did you mean \[basic_auth_user\]\?/)
  assert.match(text, /\[verify_certs\]: true or false is needed, not "perhaps"/)
  assert.match(text, /\[max_retries\]: a whole number/)
  assert.match(text, /\[retry_on_status\]: HTTP statuses/)
  assert.match(text, /\[static_responses\] is not supported yet/)
  assert.match(text, /\[api_key\] and \[bearer_auth\] exclude each other/)
  assert.match(text, /\[headers\]: an object/)
})

test('half of a user and password is a mistake, and so is a header that is none', () => {
  assert.match(problemsOf({ basic_auth_user: 'a' })[0] ?? '', /needs \[basic_auth_password\]/)
  assert.match(problemsOf({ basic_auth_password: 'a' })[0] ?? '', /needs \[basic_auth_user\]/)
  assert.match(problemsOf({ headers: { 'a b': 'x' } })[0] ?? '', /is no name of a header/)
  assert.match(problemsOf({ headers: { a: 'x\r\nb: c' } })[0] ?? '', /holds what a header may not/)
})

test('a secret is never repeated in a mistake', () => {
  const problems = problemsOf({ basic_auth_user: 'u', basic_auth_password: ['sehr-geheim'], api_key: { k: 'auch-geheim' } })
  assert.equal(problems.length >= 2, true)
  assert.doesNotMatch(problems.join('\n'), /geheim/)
})
