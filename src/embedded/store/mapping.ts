// The mapping of one index: a tree of objects and fields, and all fields by path.

import { isObject, type JsonObject } from '../../core/json.ts'
import { illegalArgument, unsupported } from '../api-error.ts'
import { isFieldType, malformed, parseField, type Field } from './field.ts'
import { show } from '../show.ts'

export type Dynamic = 'true' | 'false' | 'strict'

export interface ObjectNode {
  readonly kind: 'object'
  readonly path: string
  readonly dynamic: Dynamic
  /** false: kept in the source, not looked into. */
  readonly isEnabled: boolean
  readonly children: Map<string, ObjectNode | FieldNode>
}

export interface FieldNode {
  readonly kind: 'field'
  readonly field: Field
}

const OBJECT_PARAMETERS = new Set(['type', 'properties', 'dynamic', 'enabled'])
const ROOT_PARAMETERS = new Set([...OBJECT_PARAMETERS, '_source', '_meta', 'date_detection', 'numeric_detection', '_data_stream_timestamp'])

export class Mapping {
  #root: ObjectNode = newObject('', 'true', true)
  #rootExtras: JsonObject = {}
  #dateDetection = true
  /** Every field and multi-field by its dotted path. */
  readonly fields = new Map<string, Field>()

  constructor(definition: JsonObject) {
    this.merge(definition)
  }

  get root(): ObjectNode {
    return this.#root
  }

  get detectsDates(): boolean {
    return this.#dateDetection
  }

  /** Adds what a mapping request names; throws ApiError, without having changed anything, if it changes a field's type or cannot be held. */
  merge(definition: JsonObject): void {
    for (const key of Object.keys(definition)) {
      if (!ROOT_PARAMETERS.has(key)) throw unsupported(`mapping parameter [${key}]`)
    }
    const source = definition['_source']
    if (
      source !== undefined &&
      !(isObject(source) && Object.entries(source).every(([key, on]) => key === 'enabled' && show(on) === 'true'))
    ) {
      throw unsupported('mapping parameter [_source] other than enabled')
    }
    const added = parseObject('', definition, this.#root.dynamic)
    checkMerge(this.#root, added)
    this.#root = { ...this.#root, dynamic: added.dynamic }
    mergeInto(this.#root, added)
    for (const key of ['_meta', '_source', 'date_detection']) {
      if (definition[key] !== undefined) this.#rootExtras = { ...this.#rootExtras, [key]: definition[key] }
    }
    if (definition['date_detection'] !== undefined) this.#dateDetection = show(definition['date_detection']) === 'true'
    this.#register(this.#root)
  }

  /** A field met in a document under `dynamic: true`; its parents are made as needed. */
  addField(path: string, field: Field): void {
    const names = path.split('.')
    let node = this.#root
    for (const name of names.slice(0, -1)) {
      let child = node.children.get(name)
      if (child === undefined) {
        child = newObject(node.path === '' ? name : `${node.path}.${name}`, node.dynamic, true)
        node.children.set(name, child)
      }
      if (child.kind === 'field')
        throw malformed(`object mapping for [${child.field.path}] tried to parse field as object, but found a concrete value`)
      node = child
    }
    node.children.set(names.at(-1)!, { kind: 'field', field })
    this.#registerField(field)
  }

  /** As `GET _mapping` shows it. */
  toJson(): JsonObject {
    return { ...this.#rootExtras, ...objectJson(this.#root, 'true') }
  }

  #register(node: ObjectNode): void {
    for (const child of node.children.values()) {
      if (child.kind === 'object') this.#register(child)
      else this.#registerField(child.field)
    }
  }

  #registerField(field: Field): void {
    this.fields.set(field.path, field)
    for (const multi of field.multiFields) this.#registerField(multi)
  }
}

export function newObject(path: string, dynamic: Dynamic, isEnabled: boolean): ObjectNode {
  return { kind: 'object', path, dynamic, isEnabled, children: new Map() }
}

const MAX_DEPTH = 20

function parseObject(path: string, definition: JsonObject, inherited: Dynamic): ObjectNode {
  if (path.split('.').length > MAX_DEPTH) throw malformed(`Limit of mapping depth [${MAX_DEPTH}] has been exceeded`)
  const dynamic = parseDynamic(definition['dynamic'] ?? inherited)
  const node = newObject(path, dynamic, show(definition['enabled'] ?? 'true') === 'true')
  const properties = definition['properties'] ?? {}
  if (!isObject(properties))
    throw malformed(`Expected map for property [properties] on field [${path}] but got [${JSON.stringify(properties)}]`)
  for (const [name, child] of Object.entries(properties)) {
    if (name.split('.').includes('')) throw malformed('field name cannot be an empty string')
    if (!isObject(child)) throw malformed(`Expected map for property [${name}] but got [${JSON.stringify(child)}]`)
    const { head, inner } = undot(name, child)
    const added = newObject(path, dynamic, true)
    added.children.set(head, parseChild(path === '' ? head : `${path}.${head}`, inner, dynamic))
    checkMerge(node, added)
    mergeInto(node, added)
  }
  return node
}

// `"a.b": {…}` is short for `"a": {"properties": {"b": {…}}}`.
function undot(name: string, child: JsonObject): { head: string; inner: JsonObject } {
  const dot = name.indexOf('.')
  if (dot === -1) return { head: name, inner: child }
  return { head: name.slice(0, dot), inner: { properties: { [name.slice(dot + 1)]: child } } }
}

function parseChild(path: string, definition: JsonObject, dynamic: Dynamic): ObjectNode | FieldNode {
  const { type } = definition
  if (isFieldType(type)) return { kind: 'field', field: parseField(path, definition) }
  if (type !== undefined && type !== 'object') return { kind: 'field', field: parseField(path, definition) }
  if (
    type === undefined &&
    definition['properties'] === undefined &&
    definition['enabled'] === undefined &&
    definition['dynamic'] === undefined
  ) {
    throw malformed(`No type specified for field [${path}]`)
  }
  for (const key of Object.keys(definition))
    if (!OBJECT_PARAMETERS.has(key)) throw unsupported(`mapping parameter [${key}] on object [${path}]`)
  return parseObject(path, definition, dynamic)
}

function parseDynamic(value: unknown): Dynamic {
  const text = String(value)
  if (text === 'true' || text === 'false' || text === 'strict') return text
  throw unsupported(`dynamic mapping mode [${text}]`)
}

function checkMerge(into: ObjectNode, from: ObjectNode): void {
  for (const [name, child] of from.children) {
    const old = into.children.get(name)
    if (old === undefined) continue
    if (old.kind !== child.kind) throw malformed(`can't merge a non object mapping [${name}] with an object mapping`)
    if (old.kind === 'object' && child.kind === 'object') checkMerge(old, child)
    if (old.kind === 'field' && child.kind === 'field' && old.field.type !== child.field.type) {
      throw illegalArgument(`mapper [${child.field.path}] cannot be changed from type [${old.field.type}] to [${child.field.type}]`)
    }
  }
}

function mergeInto(into: ObjectNode, from: ObjectNode): void {
  for (const [name, child] of from.children) {
    const old = into.children.get(name)
    if (old?.kind === 'object' && child.kind === 'object') mergeInto(old, child)
    else into.children.set(name, child)
  }
}

function objectJson(node: ObjectNode, inherited: Dynamic): JsonObject {
  const properties: Record<string, JsonObject> = {}
  for (const [name, child] of [...node.children].sort(([a], [b]) => (a < b ? -1 : 1))) {
    properties[name] = child.kind === 'field' ? child.field.definition : objectJson(child, node.dynamic)
  }
  return {
    ...(node.dynamic === inherited ? {} : { dynamic: node.dynamic }),
    ...(node.isEnabled ? {} : { enabled: false }),
    ...(Object.keys(properties).length === 0 ? {} : { properties })
  }
}
