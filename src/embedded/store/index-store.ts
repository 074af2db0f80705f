// All indices of the node, and the ways requests name them: names, lists, wildcards, `_all`.

import { isObject, type JsonObject } from '../../core/json.ts'
import { ApiError, illegalArgument, indexNotFound, unsupported } from '../api-error.ts'
import { newUuid } from './document-id.ts'
import { EmbeddedIndex } from './embedded-index.ts'

export interface ResolveOptions {
  /** Names that are not there are left out instead of 404. Default false. */
  readonly ignoreUnavailable?: boolean
  /** A wildcard may match nothing. Default true. */
  readonly allowNoIndices?: boolean
}

const BODY_KEYS = new Set(['settings', 'mappings', 'aliases'])

export class IndexStore {
  readonly #indices = new Map<string, EmbeddedIndex>()

  all(): EmbeddedIndex[] {
    return [...this.#indices.values()]
  }

  find(name: string): EmbeddedIndex | undefined {
    return this.#indices.get(name)
  }

  /** Creates an index; throws ApiError if the name is bad or taken, or the body cannot be held. */
  create(name: string, body: JsonObject = {}): EmbeddedIndex {
    checkName(name)
    const existing = this.#indices.get(name)
    if (existing !== undefined) {
      const details = { index: name, index_uuid: existing.uuid }
      throw new ApiError(400, 'resource_already_exists_exception', `index [${name}/${existing.uuid}] already exists`, { details })
    }
    for (const key of Object.keys(body)) {
      if (!BODY_KEYS.has(key)) throw new ApiError(400, 'parse_exception', `unknown key [${key}] for create index`)
    }
    if (isObject(body['aliases']) && Object.keys(body['aliases']).length > 0) throw unsupported('aliases')
    const index = new EmbeddedIndex(name, newUuid(), {
      settings: objectAt(body, 'settings'),
      mappings: objectAt(body, 'mappings')
    })
    this.#indices.set(name, index)
    return index
  }

  delete(name: string): void {
    this.#indices.delete(name)
  }

  /** The index a document is written to; made with a dynamic mapping if it is not there. */
  forWriting(name: string): EmbeddedIndex {
    return this.#indices.get(name) ?? this.create(name)
  }

  /** `a,b*,-bc`, `_all`, `*` → indices; throws index_not_found_exception. */
  resolve(expression: string, options: ResolveOptions = {}): EmbeddedIndex[] {
    const found = new Set<EmbeddedIndex>()
    for (const part of expression.split(',')) this.#resolvePart(part, found, options)
    if (found.size === 0 && options.allowNoIndices === false) throw indexNotFound(expression)
    return [...found]
  }

  #resolvePart(part: string, found: Set<EmbeddedIndex>, options: ResolveOptions): void {
    if (part === '_all' || part === '*' || part === '') {
      for (const index of this.#indices.values()) found.add(index)
    } else if (part.startsWith('-') && found.size > 0) {
      for (const index of this.#matching(part.slice(1))) found.delete(index)
    } else if (part.includes('*')) {
      for (const index of this.#matching(part)) found.add(index)
    } else {
      const index = this.#indices.get(part)
      if (index !== undefined) found.add(index)
      else if (options.ignoreUnavailable !== true) throw indexNotFound(part)
    }
  }

  #matching(pattern: string): EmbeddedIndex[] {
    return this.all().filter((index) => matchesWildcard(pattern, index.name))
  }
}

/** `*` stands for any number of characters. */
export function matchesWildcard(pattern: string, text: string): boolean {
  const parts = pattern.split('*')
  if (parts.length === 1) return pattern === text
  const first = parts[0]!
  const last = parts.at(-1)!
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false
  let at = first.length
  for (const part of parts.slice(1, -1)) {
    const next = text.indexOf(part, at)
    if (next === -1 || next + part.length > text.length - last.length) return false
    at = next + part.length
  }
  return true
}

function objectAt(body: JsonObject, key: string): JsonObject {
  const value = body[key] ?? {}
  if (!isObject(value)) throw new ApiError(400, 'parse_exception', `key [${key}] must be an object`)
  return value
}

function checkName(name: string): void {
  const reason = nameProblem(name)
  if (reason !== null) {
    throw new ApiError(400, 'invalid_index_name_exception', `Invalid index name [${name}], ${reason}`, {
      details: { index_uuid: '_na_', index: name }
    })
  }
}

function nameProblem(name: string): string | null {
  if (/[\\/*?"<>| ,#:]/.test(name)) return `must not contain the following characters ['\\','/','*','?','"','<','>','|',' ',',','#',':']`
  if (/^[-_+]/.test(name)) return `must not start with '_', '-', or '+'`
  if (name !== name.toLowerCase()) return 'must be lowercase'
  if (name === '' || name === '.' || name === '..') return "must not be '.' or '..'"
  return Buffer.byteLength(name) > 255 ? 'index name is too long' : null
}

/** Throws if the expression names indices other than one by one while that is forbidden. */
export function checkDestructive(expression: string, requiresName: boolean): void {
  if (requiresName && expression.split(',').some((part) => part === '_all' || part.includes('*'))) {
    throw illegalArgument('Wildcard expressions or all indices are not allowed')
  }
}
