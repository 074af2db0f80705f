// The real server that scripts/targets/test-servers.mjs has started.

import { JsonNumber } from '../../src/core/json.ts'
import type { JsonObject } from '../../src/core/json.ts'
import { parseJson } from '../../src/core/json-parse.ts'

function told(name: string): string {
  const value = process.env[name]
  if (value === undefined) throw new Error(`${name} is not set: run these tests with \`npm run test:servers\``)
  return value
}

/** `127.0.0.1:19200` */
export const address = told('RALLY_TEST_SERVER')
export const port = Number(address.split(':')[1])
export const distribution = told('RALLY_TEST_SERVER_KIND') === 'opensearch' ? 'opensearch' : 'elasticsearch'
export const version = told('RALLY_TEST_SERVER_VERSION')

/** What the server itself says, apart from Rally. Throws if it answers with an error. */
export async function ask(method: 'GET' | 'PUT' | 'POST' | 'DELETE', path: string, body?: string): Promise<JsonObject> {
  const type = path.includes('_bulk') ? 'application/x-ndjson' : 'application/json'
  const answer = await fetch(`http://${address}${path}`, {
    method,
    ...(body === undefined ? {} : { body, headers: { 'content-type': type } })
  })
  const text = await answer.text()
  if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text}`)
  return parseJson(text) as JsonObject
}

/** Documents of an index that a search finds. */
export async function countOf(index: string): Promise<number> {
  const { count } = await ask('GET', `/${index}/_count`)
  return count instanceof JsonNumber ? count.valueOf() : Number(count)
}
