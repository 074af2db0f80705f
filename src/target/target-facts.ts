// What the target is: asked once, before anything is measured, by the coordinator.

import { RallyError } from '../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { parseJson } from '../core/json-parse.ts'
import { TransportError, UnreachableError, type TargetAnswer, type TargetClient, type TargetFacts, type TargetRequest } from './request.ts'

export interface DetectedTarget extends TargetFacts {
  /** `Elasticsearch 9.4.3`, `embedded node 0.1.0`. */
  readonly line: string
  readonly clusterName: string | null
  readonly buildHash: string | null
  /** `default`, `oss`, `serverless` …. */
  readonly buildFlavor: string | null
}

export interface DetectOptions {
  /** Names the hosts in messages. */
  readonly where: string
  /** How long a server that does not answer yet is waited for; default 10 s. */
  readonly deadlineMs?: number
  readonly signal?: AbortSignal
  /** Told once when there is something to wait for. */
  readonly onWaiting?: (reason: string) => void
}

const DEADLINE_MS = 10_000
const PAUSE_MS = 250
/** One question never takes the whole deadline of a server that is just starting. */
const QUESTION_MS = 10_000
/** The server is there and not ready: worth another try. */
const NOT_READY = [408, 429, 502, 503, 504]

/**
 * Waits until all hosts take connections and the cluster answers, and asks what it is.
 * Throws RallyError('target') with one clear line for a host that is not there, wants credentials or is something else.
 */
export async function detectTarget(client: TargetClient, options: DetectOptions): Promise<DetectedTarget> {
  const waiting = new Waiting(client, options)
  const answer = await waiting.until(async () => {
    await client.warmUp()
    return client.send(question('/'))
  })
  const facts = factsOf(answer, options.where)
  if (!facts.isServerless) {
    // A user who may not see the health of the cluster may still load it.
    const health = await waiting.until(() => client.send(question('/_cluster/health')))
    if (health.status === 401) throw refused(health, options.where)
    return facts
  }
  return { ...facts, isServerlessOperator: await isOperator(client) }
}

function question(path: string): TargetRequest {
  return { method: 'GET', path, body: null, keep: 'all', timeoutMs: QUESTION_MS }
}

class Waiting {
  readonly #options: DetectOptions
  readonly #deadline: AbortSignal
  /** Why it was not ready when last asked. */
  #reason: string | null = null

  constructor(client: TargetClient, options: DetectOptions) {
    this.#options = options
    this.#deadline = AbortSignal.timeout(options.deadlineMs ?? DEADLINE_MS)
    for (const signal of [this.#deadline, options.signal]) {
      signal?.addEventListener('abort', () => client.abort('no answer'), { once: true })
    }
  }

  /** Asks until there is an answer of a server that is ready. */
  async until(ask: () => Promise<TargetAnswer>): Promise<TargetAnswer> {
    for (;;) {
      const reason = await this.#reasonToWait(ask)
      if (typeof reason !== 'string') return reason
      if (this.#deadline.aborted) {
        const seconds = (this.#options.deadlineMs ?? DEADLINE_MS) / 1000
        throw new RallyError('target', `${this.#options.where} did not get ready within ${seconds} s: ${reason}`)
      }
      if (this.#reason === null) this.#options.onWaiting?.(reason)
      this.#reason = reason
      await this.#pause()
    }
  }

  async #reasonToWait(ask: () => Promise<TargetAnswer>): Promise<TargetAnswer | string> {
    this.#throwIfCancelled()
    try {
      const answer = await ask()
      return NOT_READY.includes(answer.status) ? `it answers ${answer.status}${reasonIn(answer)}` : answer
    } catch (error) {
      if (!(error instanceof TransportError || error instanceof UnreachableError)) throw error
      this.#throwIfCancelled()
      // Only the deadline cancels; what was said before it says more.
      if (error.failure === 'cancelled') return this.#reason ?? error.message
      if (['refused', 'reset', 'timeout'].includes(error.failure)) return error.message
      throw new RallyError('target', error.message)
    }
  }

  #throwIfCancelled(): void {
    if (this.#options.signal?.aborted === true) throw new RallyError('cancelled', 'cancelled while the target was waited for')
  }

  #pause(): Promise<void> {
    const { signal } = this.#options
    return new Promise((resolve) => {
      const end = (): void => {
        clearTimeout(timer)
        signal?.removeEventListener('abort', end)
        resolve()
      }
      const timer = setTimeout(end, PAUSE_MS)
      signal?.addEventListener('abort', end)
    })
  }
}

function factsOf(answer: TargetAnswer, where: string): DetectedTarget {
  if (answer.status === 401 || answer.status === 403) throw refused(answer, where)
  const document = objectOf(answer)
  const version = isObject(document?.['version']) ? document['version'] : null
  const number = text(version?.['number'])
  if (document === null || version === null || number === null || answer.status >= 400) throw wrongProduct(answer, where)
  const distribution = distributionOf(document, version, answer)
  const isServerless = version['build_flavor'] === 'serverless'
  return {
    distribution,
    // Serverless projects always give the same number.
    version: isServerless ? null : number,
    isServerless,
    isServerlessOperator: false,
    line: isServerless ? 'Elasticsearch Serverless' : `${NAMES[distribution]} ${number}`,
    clusterName: text(document['cluster_name']),
    buildHash: text(version['build_hash']),
    buildFlavor: text(version['build_flavor'])
  }
}

const NAMES = { elasticsearch: 'Elasticsearch', opensearch: 'OpenSearch', embedded: 'embedded node', unknown: 'unknown product' } as const

function distributionOf(document: JsonObject, version: JsonObject, answer: TargetAnswer): TargetFacts['distribution'] {
  const named = version['distribution']
  if (named === 'rally-embedded') return 'embedded'
  if (named === 'opensearch') return 'opensearch'
  if (answer.headers['x-elastic-product'] === 'Elasticsearch' || document['tagline'] === 'You Know, for Search') return 'elasticsearch'
  return 'unknown'
}

async function isOperator(client: TargetClient): Promise<boolean> {
  const answer = await client.send(question('/_security/_authenticate'))
  return answer.status === 200 && objectOf(answer)?.['operator'] === true
}

function refused(answer: TargetAnswer, where: string): RallyError {
  const hint = 'give basic_auth_user and basic_auth_password, or api_key, in a file: --client-options=client-options.json'
  if (answer.status === 401) return new RallyError('target', `${where} wants other credentials, or any (401${reasonIn(answer)})`, { hint })
  return new RallyError('target', `${where} does not let this user in (403${reasonIn(answer)})`, { hint })
}

function wrongProduct(answer: TargetAnswer, where: string): RallyError {
  const server = answer.headers['server']
  const who = server === undefined ? '' : `, but ${server}`
  return new RallyError('target', `neither Elasticsearch nor OpenSearch answers at ${where}${who} (status ${answer.status})`, {
    hint: 'check host, port and path in --target-hosts'
  })
}

/** `: reason`, as the server words it, or empty. */
function reasonIn(answer: TargetAnswer): string {
  const error = objectOf(answer)?.['error']
  const reason = isObject(error) ? text(error['reason']) : text(error)
  return reason === null ? '' : `: ${reason}`
}

function objectOf(answer: TargetAnswer): JsonObject | null {
  try {
    const document = parseJson(answer.body.toString('utf8'))
    return isObject(document) ? document : null
  } catch {
    return null
  }
}

function text(value: JsonValue | undefined): string | null {
  return typeof value === 'string' ? value : null
}
