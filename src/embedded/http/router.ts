// Paths → handlers: a tree of path segments, literal ones before placeholders.

import { ApiError, illegalArgument, PLAIN } from '../api-error.ts'
import type { ApiAnswer, ApiRequest } from './api-request.ts'

export type Handler = (request: ApiRequest) => ApiAnswer | Promise<ApiAnswer>

export interface Route {
  readonly methods: readonly string[]
  /** `/{index}/_doc/{id}`. */
  readonly path: string
  /** Query parameters it knows, besides those every request may have. */
  readonly params: readonly string[]
  readonly handler: Handler
}

export interface RouteMatch {
  readonly route: Route
  readonly parts: Readonly<Record<string, string>>
}

interface PathNode {
  readonly literals: Map<string, PathNode>
  placeholder: { readonly name: string; readonly node: PathNode } | null
  readonly routes: Map<string, Route>
}

/** In a route's params: whatever comes. */
export const ANY_PARAM = '*'

/** Every request may have these. */
export const COMMON_PARAMS = new Set([
  'pretty',
  'human',
  'error_trace',
  'filter_path',
  'format',
  'source_content_type',
  'master_timeout',
  'timeout'
])

export class Router {
  readonly #root = newNode()

  constructor(routes: readonly Route[]) {
    for (const route of routes) this.#add(route)
  }

  /** Throws ApiError (400, 405) if nothing serves this. */
  find(method: string, path: string): RouteMatch {
    const segments = path.split('/').filter((segment) => segment !== '')
    const parts: Record<string, string> = {}
    const node = match(this.#root, segments, 0, parts)
    if (node === null) throw new ApiError(400, PLAIN, `no handler found for uri [${path}] and method [${method}]`)
    const route = node.routes.get(method)
    if (route === undefined) {
      const allowed = [...node.routes.keys()].sort().join(', ')
      const reason = `Incorrect HTTP method for uri [${path}] and method [${method}], allowed: [${allowed}]`
      throw new ApiError(405, PLAIN, reason)
    }
    return { route, parts }
  }

  #add(route: Route): void {
    let node = this.#root
    for (const segment of route.path.split('/').filter((name) => name !== '')) {
      if (segment.startsWith('{')) {
        node.placeholder ??= { name: segment.slice(1, -1), node: newNode() }
        node = node.placeholder.node
      } else {
        let next = node.literals.get(segment)
        if (next === undefined) {
          next = newNode()
          node.literals.set(segment, next)
        }
        node = next
      }
    }
    for (const method of route.methods) node.routes.set(method, route)
  }
}

function newNode(): PathNode {
  return { literals: new Map(), placeholder: null, routes: new Map() }
}

function match(node: PathNode, segments: readonly string[], at: number, parts: Record<string, string>): PathNode | null {
  const segment = segments[at]
  if (segment === undefined) return node.routes.size > 0 ? node : null
  const literal = node.literals.get(segment)
  if (literal !== undefined) {
    const found = match(literal, segments, at + 1, parts)
    if (found !== null) return found
  }
  // No index is named like an API (`_search`), but for `_all`.
  if (node.placeholder === null || (at === 0 && segment.startsWith('_') && segment !== '_all')) return null
  parts[node.placeholder.name] = decode(segment)
  return match(node.placeholder.node, segments, at + 1, parts)
}

function decode(segment: string): string {
  if (!segment.includes('%') && !segment.includes('+')) return segment
  try {
    return decodeURIComponent(segment)
  } catch {
    throw illegalArgument(`invalid escape sequence in path segment [${segment}]`)
  }
}
