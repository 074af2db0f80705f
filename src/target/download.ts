// Files over HTTP, for corpora: redirects, proxies by environment, ranges. Never on the measured path. Most races have their corpora:
// undici is loaded for the first one that is missing.

import type { EnvHttpProxyAgent } from 'undici'

export interface DownloadAnswer {
  readonly status: number
  /** Bytes of this body; null: not told. */
  readonly contentLength: number | null
  readonly body: AsyncIterable<Uint8Array>
}

const MAX_REDIRECTS = 10
const CONNECT_TIMEOUT_MS = 45_000
const REDIRECTS: ReadonlySet<number> = new Set([301, 302, 303, 307, 308])

/** Asks for `url` from byte `offset` on; rejects with what Node.js and undici throw. Who calls it sets the deadline. */
export async function httpDownload(
  url: string,
  options: { readonly offset: number; readonly signal: AbortSignal }
): Promise<DownloadAnswer> {
  const { EnvHttpProxyAgent: Agent, request } = await import('undici')
  const dispatcher = new Agent({ connect: { timeout: CONNECT_TIMEOUT_MS }, ...proxies() })
  let at = new URL(url)
  for (let hop = 0; hop <= MAX_REDIRECTS; hop++) {
    const headers = options.offset > 0 ? { range: `bytes=${options.offset}-` } : {}
    const answer = await request(at, { dispatcher, headers, signal: options.signal, headersTimeout: 0, bodyTimeout: 0 })
    const location = answer.headers['location']
    if (REDIRECTS.has(answer.statusCode) && typeof location === 'string') {
      await answer.body.dump()
      at = new URL(location, at)
      continue
    }
    const length = Number(answer.headers['content-length'])
    return { status: answer.statusCode, contentLength: Number.isFinite(length) ? length : null, body: closing(answer.body, dispatcher) }
  }
  await dispatcher.close()
  throw new Error(`${url}: more than ${MAX_REDIRECTS} redirects`)
}

/** undici reads http_proxy, https_proxy and no_proxy by itself; all_proxy stands in for the first two, as with curl. */
function proxies(): { httpProxy?: string; httpsProxy?: string } {
  const { env } = process
  const all = env['all_proxy'] ?? env['ALL_PROXY']
  if (all === undefined || all === '') return {}
  return {
    httpProxy: env['http_proxy'] ?? env['HTTP_PROXY'] ?? all,
    httpsProxy: env['https_proxy'] ?? env['HTTPS_PROXY'] ?? all
  }
}

async function* closing(body: AsyncIterable<Uint8Array>, dispatcher: EnvHttpProxyAgent): AsyncIterable<Uint8Array> {
  try {
    yield* body
  } finally {
    await dispatcher.destroy()
  }
}
