// Who we are to the target: nobody, a user with a password, an API key or a bearer token.

import type { ClientOptionReader } from './client-option-reader.ts'

export interface Authorization {
  /** Value of the header, or null. */
  readonly authorization: string | null
  /** The other headers of the client options, names in lower case. */
  readonly headers: Readonly<Record<string, string>>
}

export function basic(user: string, password: string): string {
  return `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
}

export function authorizationOf(reader: ClientOptionReader): Authorization {
  const { authorization: typed, ...headers } = headersOf(reader)
  const ways = [
    { name: 'basic_auth_user', value: basicAuth(reader) },
    { name: 'api_key', value: apiKey(reader) },
    { name: 'bearer_auth', value: prefixed('Bearer', reader.text('bearer_auth')) },
    { name: 'headers.authorization', value: typed ?? null }
  ].filter(({ value }) => value !== null)
  if (ways.length > 1) reader.problems.push(`client options ${ways.map(({ name }) => `[${name}]`).join(' and ')} exclude each other`)
  return { authorization: ways[0]?.value ?? null, headers }
}

function basicAuth(reader: ClientOptionReader): string | null {
  const user = reader.text('basic_auth_user')
  const password = reader.text('basic_auth_password')
  if (user !== null && password !== null) return basic(user, password)
  if (user !== null) reader.problems.push('client option [basic_auth_user] needs [basic_auth_password]')
  if (password !== null) reader.problems.push('client option [basic_auth_password] needs [basic_auth_user]')
  return null
}

/** Encoded as the server hands it out, `id:key`, or a list of the two. */
function apiKey(reader: ClientOptionReader): string | null {
  const value = reader.raw('api_key')
  if (Array.isArray(value)) {
    if (value.length === 2) return prefixed('ApiKey', Buffer.from(value.map(String).join(':')).toString('base64'))
    reader.problems.push('client option [api_key]: a list must hold the id and the key')
    return null
  }
  const text = reader.text('api_key')
  return prefixed('ApiKey', text?.includes(':') === true ? Buffer.from(text).toString('base64') : text)
}

function prefixed(scheme: string, value: string | null): string | null {
  return value === null ? null : `${scheme} ${value}`
}

function headersOf(reader: ClientOptionReader): Record<string, string> {
  const given = reader.raw('headers')
  if (given === null) return {}
  if (typeof given !== 'object' || Array.isArray(given)) {
    reader.problems.push('client option [headers]: an object of names and values is needed')
    return {}
  }
  const headers: Record<string, string> = {}
  for (const [name, value] of Object.entries(given)) {
    if (!/^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/.test(name)) reader.problems.push(`client option [headers]: "${name}" is no name of a header`)
    else if (!/^[\t\u0020-\u007e\u0080-\u00ff]*$/.test(String(value))) {
      reader.problems.push(`client option [headers]: the value of ${name} holds what a header may not`)
    } else headers[name.toLowerCase()] = String(value)
  }
  return headers
}
