// Single documents: index, create, get, delete, update; and what they share with `_bulk`.

import { isObject, type JsonObject } from '../../core/json.ts'
import { ApiError, indexNotFound, parsingError, unsupported } from '../api-error.ts'
import { answerText, jsonBody, parseObject, part, type ApiAnswer, type ApiRequest } from '../http/api-request.ts'
import type { Route } from '../http/router.ts'
import { documentId, type DocumentId } from '../store/document-id.ts'
import type { EmbeddedIndex, WriteResult } from '../store/embedded-index.ts'
import { filterSource, parseSourceFilter, patterns } from '../search/source-filter.ts'
import type { NodeState } from './node-state.ts'

const WRITE_PARAMS = ['refresh', 'routing', 'wait_for_active_shards', 'op_type', 'require_alias']
const READ_PARAMS = ['realtime', 'refresh', 'routing', 'preference', '_source', '_source_includes', '_source_excludes', 'stored_fields']

export function documentRoutes(state: NodeState): Route[] {
  return [
    { methods: ['PUT', 'POST'], path: '/{index}/_doc/{id}', params: WRITE_PARAMS, handler: (request) => indexOne(state, request, false) },
    { methods: ['POST'], path: '/{index}/_doc', params: WRITE_PARAMS, handler: (request) => indexOne(state, request, false) },
    { methods: ['PUT', 'POST'], path: '/{index}/_create/{id}', params: WRITE_PARAMS, handler: (request) => indexOne(state, request, true) },
    { methods: ['DELETE'], path: '/{index}/_doc/{id}', params: WRITE_PARAMS, handler: (request) => deleteOne(state, request) },
    {
      methods: ['POST'],
      path: '/{index}/_update/{id}',
      params: [...WRITE_PARAMS, 'retry_on_conflict'],
      handler: (request) => updateOne(state, request)
    },
    { methods: ['GET', 'HEAD'], path: '/{index}/_doc/{id}', params: READ_PARAMS, handler: (request) => getOne(state, request) },
    { methods: ['GET', 'HEAD'], path: '/{index}/_source/{id}', params: READ_PARAMS, handler: (request) => getSource(state, request) }
  ]
}

function target(request: ApiRequest): DocumentId {
  return documentId(request.parts['id'] ?? null, request.params.text('routing'))
}

function indexOne(state: NodeState, request: ApiRequest, isCreate: boolean): ApiAnswer {
  const document = parseObject(request.body.toString(), 'the document')
  const index = state.store.forWriting(part(request, 'index'))
  const options = { document, isCreate: isCreate || request.params.text('op_type') === 'create' }
  return written(index, request, index.put(target(request), request.body, options))
}

function deleteOne(state: NodeState, request: ApiRequest): ApiAnswer {
  const index = state.store.forWriting(part(request, 'index'))
  return written(index, request, index.delete(target(request)))
}

function updateOne(state: NodeState, request: ApiRequest): ApiAnswer {
  const index = existing(state, request)
  return written(index, request, updateDocument(index, target(request), jsonBody(request)))
}

function written(index: EmbeddedIndex, request: ApiRequest, result: WriteResult): ApiAnswer {
  const refresh = request.params.text('refresh')
  const isForced = refresh === '' || refresh === 'true'
  if (isForced || refresh === 'wait_for') index.refresh()
  return answerText(`{${printWrite(index, result, isForced)}}`, result.status)
}

/** `"_index":…` to `"_primary_term":…`, without braces. */
export function printWrite(index: EmbeddedIndex, { id, version, result, sequenceNumber }: WriteResult, isForcedRefresh: boolean): string {
  const copies = index.settings.replicas + 1
  return (
    `"_index":${JSON.stringify(index.name)},"_id":${JSON.stringify(id)},"_version":${version},"result":"${result}",` +
    `${isForcedRefresh ? '"forced_refresh":true,' : ''}"_shards":{"total":${copies},"successful":1,"failed":0},"_seq_no":${sequenceNumber},"_primary_term":1`
  )
}

const UPDATE_KEYS = new Set(['doc', 'doc_as_upsert', 'upsert', 'detect_noop', '_source'])

/** `{"doc": {…}}`, merged into the document; throws ApiError (404 if there is none and no upsert). */
export function updateDocument(index: EmbeddedIndex, id: DocumentId, body: JsonObject): WriteResult {
  for (const key of Object.keys(body)) if (!UPDATE_KEYS.has(key)) throw unsupported(`[${key}] in an update`)
  const { doc, upsert } = body
  if (doc === undefined && upsert === undefined)
    throw new ApiError(400, 'action_request_validation_exception', 'Validation Failed: 1: script or doc is missing;')
  if (doc !== undefined && !isObject(doc)) throw parsingError('[doc] of an update must be an object')
  const stored = index.get(id)
  if (stored === null) {
    const first = upsert ?? (body['doc_as_upsert'] === true ? doc : undefined)
    if (!isObject(first)) {
      const details = { index: index.name, index_uuid: index.uuid, shard: '0' }
      throw new ApiError(404, 'document_missing_exception', `[${id.id}]: document missing`, { details })
    }
    return index.put(id, Buffer.from(JSON.stringify(first)), { document: first, isCreate: false })
  }
  const before = parseObject(stored.source.toString(), 'the stored document')
  const after = isObject(doc) ? mergeObjects(before, doc) : before
  const text = JSON.stringify(after)
  if (body['detect_noop'] !== false && text === JSON.stringify(before)) return index.noop(id, stored)
  return index.put(id, Buffer.from(text), { document: after, isCreate: false })
}

function mergeObjects(into: JsonObject, from: JsonObject): JsonObject {
  const merged = new Map(Object.entries(into))
  for (const [key, value] of Object.entries(from)) {
    const old = merged.get(key)
    merged.set(key, isObject(old) && isObject(value) ? mergeObjects(old, value) : value)
  }
  return Object.fromEntries(merged)
}

function existing(state: NodeState, request: ApiRequest): EmbeddedIndex {
  const name = part(request, 'index')
  const index = state.store.find(name)
  if (index === undefined) throw indexNotFound(name)
  return index
}

function getOne(state: NodeState, request: ApiRequest): ApiAnswer {
  const index = existing(state, request)
  const { id } = target(request)
  const stored = index.get(target(request))
  const head = `"_index":${JSON.stringify(index.name)},"_id":${JSON.stringify(id)}`
  if (stored === null) return answerText(`{${head},"found":false}`, 404)
  const source = shownSource(request, stored.source.toString())
  const body = source === null ? '' : `,"_source":${source}`
  return answerText(`{${head},"_version":${stored.version},"_seq_no":${stored.sequenceNumber},"_primary_term":1,"found":true${body}}`)
}

function getSource(state: NodeState, request: ApiRequest): ApiAnswer {
  const index = existing(state, request)
  const stored = index.get(target(request))
  if (stored === null) {
    const reason = `Document not found [${index.name}]/[${target(request).id}]`
    throw new ApiError(404, 'resource_not_found_exception', reason)
  }
  return answerText(shownSource(request, stored.source.toString()) ?? '{}')
}

function shownSource({ params }: ApiRequest, source: string): string | null {
  if (params.text('stored_fields') !== null) throw unsupported('[stored_fields] in a get')
  const base = parseSourceFilter(params.text('_source') ?? undefined)
  if (!base.isShown) return null
  const includes = params.text('_source_includes')
  const excludes = params.text('_source_excludes')
  return filterSource(
    {
      ...base,
      includes: includes === null ? base.includes : patterns(includes),
      excludes: excludes === null ? base.excludes : patterns(excludes)
    },
    source
  )
}
