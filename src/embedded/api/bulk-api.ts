// `_bulk`: newline-delimited actions and documents in, one result per action out, in order.

import { setImmediate as nextTurn } from 'node:timers/promises'
import { systemClock } from '../../core/clock.ts'
import { isObject, type JsonObject } from '../../core/json.ts'
import { ApiError, illegalArgument } from '../api-error.ts'
import { answerText, parseObject, type ApiAnswer, type ApiRequest } from '../http/api-request.ts'
import type { Route } from '../http/router.ts'
import { documentId, type DocumentId } from '../store/document-id.ts'
import type { EmbeddedIndex, WriteResult } from '../store/embedded-index.ts'
import { printWrite, updateDocument } from './document-api.ts'
import type { NodeState } from './node-state.ts'
import { show } from '../show.ts'

const PARAMS = [
  'refresh',
  'routing',
  'pipeline',
  'wait_for_active_shards',
  'require_alias',
  'type',
  '_source',
  '_source_includes',
  '_source_excludes'
]
const KINDS = new Set(['index', 'create', 'update', 'delete'])
/** Other requests get a turn after so many actions. */
const ACTIONS_PER_TURN = 2000
const NEWLINE = 10

export function bulkRoutes(state: NodeState): Route[] {
  const handler = (request: ApiRequest): Promise<ApiAnswer> => bulk(state, request)
  return [
    { methods: ['POST', 'PUT'], path: '/_bulk', params: PARAMS, handler },
    { methods: ['POST', 'PUT'], path: '/{index}/_bulk', params: PARAMS, handler }
  ]
}

type Kind = 'index' | 'create' | 'update' | 'delete'

interface Action {
  readonly kind: Kind
  readonly index: string
  readonly id: string | null
  readonly routing: string | null
}

interface BulkItem {
  readonly action: Action
  /** The document's line; empty for a delete. */
  readonly source: Buffer
}

async function bulk(state: NodeState, request: ApiRequest): Promise<ApiAnswer> {
  const startMs = systemClock.monotonicMs()
  const pipeline = request.params.text('pipeline')
  if (pipeline !== null && pipeline !== '_none') throw illegalArgument(`pipeline with id [${pipeline}] does not exist`)
  const items = readItems(request.body, request.parts['index'] ?? null)
  const refresh = request.params.text('refresh')
  const isForced = refresh === '' || refresh === 'true'
  const written = new Set<EmbeddedIndex>()
  const results: string[] = []
  let hasErrors = false
  for (const [i, item] of items.entries()) {
    if (i > 0 && i % ACTIONS_PER_TURN === 0) await nextTurn()
    const { text, index, isError } = runItem(state, item, isForced)
    results.push(text)
    if (isError) hasErrors = true
    if (index !== null) written.add(index)
  }
  if (isForced || refresh === 'wait_for') for (const index of written) index.refresh()
  const tookMs = Math.floor(systemClock.monotonicMs() - startMs)
  return answerText(`{"errors":${hasErrors},"took":${tookMs},"items":[${results.join(',')}]}`)
}

/** Splits and checks the whole body before anything is written; throws ApiError. */
function readItems(body: Buffer, defaultIndex: string | null): BulkItem[] {
  if (body.length === 0) throw new ApiError(400, 'parse_exception', 'request body is required')
  if (body[body.length - 1] !== NEWLINE) throw illegalArgument('The bulk request must be terminated by a newline [\\n]')
  const items: BulkItem[] = []
  const reader = new ActionReader(defaultIndex)
  let lineNumber = 0
  for (let from = 0; from < body.length;) {
    const to = body.indexOf(NEWLINE, from)
    const line = body.subarray(from, to)
    from = to + 1
    lineNumber++
    if (isBlank(line)) continue
    const action = reader.read(line, lineNumber)
    if (action.kind === 'delete') {
      items.push({ action, source: line.subarray(0, 0) })
      continue
    }
    if (from >= body.length) throw illegalArgument(`Malformed action/metadata line [${lineNumber}], expected a document after it`)
    const end = body.indexOf(NEWLINE, from)
    items.push({ action, source: body.subarray(from, end) })
    from = end + 1
    lineNumber++
  }
  if (items.length === 0) throw new ApiError(400, 'action_request_validation_exception', 'Validation Failed: 1: no requests added;')
  return items
}

function isBlank(line: Buffer): boolean {
  return line.length === 0 || (line.length === 1 && line[0] === 13)
}

/** Most bulks repeat one action line: the last one is parsed once. */
class ActionReader {
  readonly #defaultIndex: string | null
  #lastLine: Buffer = Buffer.alloc(0)
  #lastAction: Action | null = null

  constructor(defaultIndex: string | null) {
    this.#defaultIndex = defaultIndex
  }

  read(line: Buffer, lineNumber: number): Action {
    if (this.#lastAction !== null && line.equals(this.#lastLine)) return this.#lastAction
    this.#lastLine = line
    this.#lastAction = this.#parse(line, lineNumber)
    return this.#lastAction
  }

  #parse(line: Buffer, lineNumber: number): Action {
    const parsed = parseObject(line.toString(), `Malformed action/metadata line [${lineNumber}]: it`)
    const [kind, second] = Object.keys(parsed)
    const meta = kind === undefined ? undefined : parsed[kind]
    if (kind === undefined || !KINDS.has(kind)) {
      throw illegalArgument(
        `Malformed action/metadata line [${lineNumber}], expected field [create], [delete], [index] or [update] but found [${kind ?? ''}]`
      )
    }
    if (second !== undefined || !isObject(meta))
      throw illegalArgument(`Malformed action/metadata line [${lineNumber}], expected one action with an object`)
    return { kind: kind as Kind, ...readMeta(meta, this.#defaultIndex, lineNumber) }
  }
}

const META_KEYS = new Set([
  '_index',
  '_id',
  'routing',
  '_routing',
  'require_alias',
  'dynamic_templates',
  'retry_on_conflict',
  'pipeline',
  'list_executed_pipelines'
])

function readMeta(meta: JsonObject, defaultIndex: string | null, lineNumber: number): Omit<Action, 'kind'> {
  for (const key of Object.keys(meta)) {
    if (!META_KEYS.has(key)) throw illegalArgument(`Action/metadata line [${lineNumber}] contains an unknown parameter [${key}]`)
  }
  const index = meta['_index'] ?? defaultIndex
  if (index === null) throw new ApiError(400, 'action_request_validation_exception', 'Validation Failed: 1: index is missing;')
  const routing = meta['routing'] ?? meta['_routing'] ?? null
  const id = meta['_id'] ?? null
  return { index: show(index), id: id === null ? null : show(id), routing: routing === null ? null : show(routing) }
}

interface ItemOutcome {
  readonly text: string
  /** null: nothing was written. */
  readonly index: EmbeddedIndex | null
  readonly isError: boolean
}

function runItem(state: NodeState, item: BulkItem, isForcedRefresh: boolean): ItemOutcome {
  const { kind, index: name } = item.action
  try {
    const index = state.store.forWriting(name)
    const result = writeItem(index, item)
    return { text: `{"${kind}":{${printWrite(index, result, isForcedRefresh)},"status":${result.status}}}`, index, isError: false }
  } catch (error) {
    if (!(error instanceof ApiError)) throw error
    const failure = { _index: name, _id: item.action.id, status: error.status, error: error.toJson() }
    return { text: `{"${kind}":${JSON.stringify(failure)}}`, index: null, isError: true }
  }
}

function writeItem(index: EmbeddedIndex, { action, source }: BulkItem): WriteResult {
  const id = idOf(action)
  if (action.kind === 'delete') return index.delete(id)
  const document = parseSource(source)
  if (action.kind === 'update') return updateDocument(index, id, document)
  return index.put(id, source, { document, isCreate: action.kind === 'create' })
}

function idOf({ kind, id, routing }: Action): DocumentId {
  if (id === null && (kind === 'update' || kind === 'delete')) {
    throw new ApiError(400, 'action_request_validation_exception', 'Validation Failed: 1: id is missing;')
  }
  return documentId(id, routing)
}

function parseSource(source: Buffer): JsonObject {
  try {
    return parseObject(source.toString(), 'the document')
  } catch (error) {
    if (error instanceof ApiError) throw new ApiError(400, 'document_parsing_exception', 'failed to parse', { causedBy: error })
    throw error
  }
}
