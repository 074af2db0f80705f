// Header lists are made once per kind of request, not per request.

import type { TargetOptions } from './connection-options.ts'
import type { TargetRequest } from './request.ts'

export const JSON_TYPE = 'application/json'
export const NDJSON_TYPE = 'application/x-ndjson'

/** Name, value, name, value …, as undici takes them; the caller must not change them. */
export type HeaderList = string[]

export class RequestHeaders {
  readonly #base: Readonly<Record<string, string>>
  readonly #compresses: boolean
  readonly #bare: HeaderList
  readonly #byType = new Map<string, HeaderList>()
  readonly #byHeaders = new WeakMap<object, Map<string, HeaderList>>()

  /** @param authorization of this host, or null */
  constructor(options: TargetOptions, authorization: string | null) {
    this.#base = {
      accept: JSON_TYPE,
      ...(options.acceptEncoding === null ? {} : { 'accept-encoding': options.acceptEncoding }),
      'user-agent': 'rally',
      ...options.headers,
      ...(authorization === null ? {} : { authorization })
    }
    this.#compresses = options.compressRequests
    this.#bare = flat(this.#base)
  }

  of(request: TargetRequest): HeaderList {
    const type = request.body === null ? '' : (request.contentType ?? JSON_TYPE)
    if (request.headers === undefined) {
      if (type === '') return this.#bare
      return this.#byType.get(type) ?? remember(this.#byType, type, this.#make(type, undefined))
    }
    let lists = this.#byHeaders.get(request.headers)
    if (lists === undefined) this.#byHeaders.set(request.headers, (lists = new Map<string, HeaderList>()))
    return lists.get(type) ?? remember(lists, type, this.#make(type, request.headers))
  }

  #make(type: string, own: Readonly<Record<string, string>> | undefined): HeaderList {
    const body = type === '' ? {} : { 'content-type': type, ...(this.#compresses ? { 'content-encoding': 'gzip' } : {}) }
    return flat({ ...this.#base, ...body, ...own })
  }
}

function flat(headers: Readonly<Record<string, string>>): HeaderList {
  return Object.entries(headers).flat()
}

function remember(lists: Map<string, HeaderList>, type: string, list: HeaderList): HeaderList {
  lists.set(type, list)
  return list
}
