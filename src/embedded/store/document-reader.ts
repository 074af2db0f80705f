// A parsed document → the values its fields index. Nothing is stored here, so a document that fails half-way leaves no trace.

import { isObject, type JsonObject } from '../../core/json.ts'
import { ApiError, illegalArgument } from '../api-error.ts'
import { convertValue, type ColumnValue } from './convert-value.ts'
import { parseField, type Field } from './field.ts'
import { newObject, type Mapping, type ObjectNode } from './mapping.ts'

export interface DocumentValues {
  readonly fields: readonly Field[]
  /** values[i] belongs to fields[i]. */
  readonly values: readonly ColumnValue[]
  /** Fields this document adds to a dynamic mapping. */
  readonly newFields: ReadonlyMap<string, Field>
}

const MAX_DEPTH = 20
const ISO_DAY = /^\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/

/** Throws ApiError (document_parsing_exception, strict_dynamic_mapping_exception …). */
export function readDocument(mapping: Mapping, document: JsonObject, id: string): DocumentValues {
  const reader = new Reader(mapping, id)
  reader.object(mapping.root, document, 0)
  return reader
}

class Reader implements DocumentValues {
  readonly fields: Field[] = []
  readonly values: ColumnValue[] = []
  readonly newFields = new Map<string, Field>()
  readonly #mapping: Mapping
  readonly #id: string

  constructor(mapping: Mapping, id: string) {
    this.#mapping = mapping
    this.#id = id
  }

  object(node: ObjectNode, object: JsonObject, depth: number): void {
    if (depth > MAX_DEPTH)
      throw illegalArgument(`Limit of mapping depth [${MAX_DEPTH}] has been exceeded due to object field [${node.path}]`)
    for (const name of Object.keys(object)) {
      const child = node.children.get(name)
      const value = object[name]
      if (child?.kind === 'field') this.#field(child.field, value)
      else if (child !== undefined) this.#objects(child, value, depth)
      else this.#unmapped(node, name, value, depth)
    }
  }

  #field(field: Field, value: unknown): void {
    if (Array.isArray(value) && !(field.type === 'geo_point' && typeof value[0] === 'number')) {
      for (const item of value.flat(MAX_DEPTH) as unknown[]) this.#field(field, item)
      return
    }
    try {
      const converted = convertValue(field, value)
      if (converted !== null) {
        this.fields.push(field)
        this.values.push(converted)
      }
    } catch (error) {
      if (!(error instanceof ApiError)) throw error
      const preview = JSON.stringify(value)?.slice(0, 100) ?? 'null'
      const reason = `failed to parse field [${field.path}] of type [${field.type}] in document with id '${this.#id}'. Preview of field's value: '${preview.replace(/^"|"$/g, '')}'`
      throw new ApiError(400, 'document_parsing_exception', reason, { causedBy: error })
    }
    for (const multi of field.multiFields) this.#field(multi, value)
  }

  #objects(node: ObjectNode, value: unknown, depth: number): void {
    if (!node.isEnabled || value === null) return
    for (const item of Array.isArray(value) ? value : [value]) {
      if (isObject(item)) this.object(node, item, depth + 1)
      else if (item !== null) {
        const reason = `object mapping for [${node.path}] tried to parse field [${node.path}] as object, but found a concrete value`
        throw new ApiError(400, 'document_parsing_exception', reason)
      }
    }
  }

  #unmapped(node: ObjectNode, name: string, value: unknown, depth: number): void {
    const path = node.path === '' ? name : `${node.path}.${name}`
    if (name.includes('.')) {
      this.#dotted(node, name, value, depth)
      return
    }
    if (node.dynamic === 'false') return
    if (node.dynamic === 'strict') {
      const reason = `mapping set to strict, dynamic introduction of [${name}] within [${node.path === '' ? '_doc' : node.path}] is not allowed`
      throw new ApiError(400, 'strict_dynamic_mapping_exception', reason)
    }
    if (name === '') throw illegalArgument('field name cannot be an empty string')
    const known = this.newFields.get(path)
    if (known !== undefined) {
      this.#field(known, value)
      return
    }
    const sample: unknown = Array.isArray(value) ? value.flat(MAX_DEPTH).find((item) => item !== null) : value
    if (sample === null || sample === undefined) return
    if (isObject(sample)) {
      this.#objects(newObject(path, node.dynamic, true), value, depth)
      return
    }
    const field = parseField(path, guessType(sample, this.#mapping.detectsDates))
    this.newFields.set(path, field)
    this.#field(field, value)
  }

  // `{"a.b": 1}` means `{"a": {"b": 1}}`.
  #dotted(node: ObjectNode, name: string, value: unknown, depth: number): void {
    const dot = name.indexOf('.')
    const nested = { [name.slice(0, dot)]: { [name.slice(dot + 1)]: value } } as JsonObject
    if (dot === 0 || dot === name.length - 1) throw illegalArgument(`field name [${name}] starts or ends with a dot`)
    this.object(node, nested, depth + 1)
  }
}

/** Elasticsearch's rules for a field the mapping does not know. */
function guessType(value: unknown, detectsDates: boolean): JsonObject {
  if (typeof value === 'boolean') return { type: 'boolean' }
  if (typeof value === 'number') return { type: Number.isInteger(value) ? 'long' : 'float' }
  if (detectsDates && ISO_DAY.test(String(value))) return { type: 'date' }
  return { type: 'text', fields: { keyword: { type: 'keyword', ignore_above: 256 } } }
}
