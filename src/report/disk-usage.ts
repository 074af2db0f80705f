// Disk usage of fields: the results' seven lists → one entry per index and field.

import { JsonNumber, type JsonObject } from '../core/json.ts'
import { objectsAt, textAt } from '../core/json-path.ts'
import type { PythonNumber } from '../core/python-number.ts'

/** What a field uses disk for, in the order of the report. */
export const DISK_USES = [
  ['inverted index', 'disk_usage_inverted_index'],
  ['stored fields', 'disk_usage_stored_fields'],
  ['doc values', 'disk_usage_doc_values'],
  ['points', 'disk_usage_points'],
  ['norms', 'disk_usage_norms'],
  ['term vectors', 'disk_usage_term_vectors'],
  ['total', 'disk_usage_total']
] as const

export interface FieldUsage {
  readonly index: string
  readonly field: string
  /** Bytes by use. */
  readonly uses: ReadonlyMap<string, PythonNumber>
}

/** Every field that any list names. */
export function fieldUsages(results: JsonObject): readonly FieldUsage[] {
  const found = new Map<string, { index: string; field: string; uses: Map<string, PythonNumber> }>()
  for (const [use, key] of DISK_USES) {
    for (const item of objectsAt(results, key)) {
      const [index, field] = [textAt(item, 'index') ?? '', textAt(item, 'field') ?? '']
      const { value } = item
      if (typeof value !== 'number' && !(value instanceof JsonNumber)) continue
      const id = JSON.stringify([index, field])
      const usage = found.get(id) ?? { index, field, uses: new Map() }
      usage.uses.set(use, value)
      found.set(id, usage)
    }
  }
  return [...found.values()]
}

/** By index, then total, then field. */
export function sortedByTotal<Usage extends { readonly index: string; readonly total: number; readonly field: string }>(
  usages: readonly Usage[]
): readonly Usage[] {
  return usages.toSorted((a, b) => compare(a.index, b.index) || a.total - b.total || compare(a.field, b.field))
}

function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b)
}
