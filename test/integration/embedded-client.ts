// Talks to an embedded node as its users do, over HTTP.

import { Agent, request as httpRequest } from 'node:http'
import { startEmbeddedNode, type EmbeddedNode, type EmbeddedNodeOptions } from '../../src/embedded/embedded-node.ts'

export interface Reply<Body> {
  readonly status: number
  readonly text: string
  /** As the test says it is; `{}` for an answer that is no JSON. */
  readonly json: Body
}

export interface Hit<Source> {
  readonly _index: string
  readonly _id: string
  readonly _score: number | null
  readonly _source: Source
  readonly sort: readonly (number | string | null)[]
}

export interface SearchAnswer<Source = Readonly<Record<string, unknown>>> {
  readonly _scroll_id: string
  readonly hits: {
    readonly total: { readonly value: number; readonly relation: string }
    readonly max_score: number | null
    readonly hits: readonly Hit<Source>[]
  }
  readonly aggregations: Readonly<Record<string, Readonly<Record<string, unknown>>>>
}

export interface TestNode extends EmbeddedNode {
  /** A text is sent as it is, anything else as JSON. */
  ask<Body = Readonly<Record<string, unknown>>>(method: string, path: string, body?: unknown): Promise<Reply<Body>>
}

export async function startTestNode(options: EmbeddedNodeOptions = {}): Promise<TestNode> {
  const node = await startEmbeddedNode(options)
  const agent = new Agent({ keepAlive: true })
  return {
    ...node,
    ask: (method, path, body) => ask(node, agent, { method, path, body }),
    stop: async () => {
      agent.destroy()
      await node.stop()
    }
  }
}

function ask<Body>(node: EmbeddedNode, agent: Agent, asked: { method: string; path: string; body: unknown }): Promise<Reply<Body>> {
  const { method, path, body } = asked
  const bytes = body === undefined ? null : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body))
  const headers = bytes === null ? {} : { 'content-type': 'application/json', 'content-length': bytes.length }
  return new Promise((resolve, reject) => {
    const request = httpRequest({ host: node.host, port: node.port, method, path, agent, headers }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('error', reject)
      response.on('end', () => {
        const text = Buffer.concat(chunks).toString()
        const isJson = response.headers['content-type'] === 'application/json' && text !== ''
        resolve({ status: response.statusCode ?? 0, text, json: (isJson ? JSON.parse(text) : {}) as Body })
      })
    })
    request.on('error', reject)
    request.end(bytes ?? undefined)
  })
}
