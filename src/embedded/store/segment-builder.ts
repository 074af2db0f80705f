// Documents since the last refresh: columns grow with each one and are put in order by freeze().

import { GeoBuilder, type GeoPoint } from '../columns/geo-column.ts'
import { ByteList, Float64List, Uint32List } from '../columns/growable.ts'
import { KeywordBuilder } from '../columns/keyword-column.ts'
import { NumericBuilder } from '../columns/numeric-column.ts'
import { TextBuilder } from '../columns/text-column.ts'
import type { DocumentValues } from './document-reader.ts'
import { COLUMN_OF_TYPE, type Field } from './field.ts'
import type { Column, Segment } from './segment.ts'

type ColumnBuilder = KeywordBuilder | NumericBuilder | GeoBuilder | TextBuilder

export interface NewDocument {
  readonly id: string
  readonly version: number
  readonly sequenceNumber: number
  readonly source: Uint8Array
  readonly values: DocumentValues
}

export class SegmentBuilder {
  readonly #columns = new Map<string, ColumnBuilder>()
  readonly #ids: string[] = []
  readonly #docOfId = new Map<string, number>()
  readonly #versions = new Uint32List()
  readonly #sequenceNumbers = new Float64List()
  readonly #sources = new ByteList()
  readonly #sourceStarts = new Float64List()

  constructor() {
    this.#sourceStarts.push(0)
  }

  get docCount(): number {
    return this.#ids.length
  }

  get sizeBytes(): number {
    return this.#sources.length
  }

  add(document: NewDocument): void {
    const doc = this.#ids.length
    this.#ids.push(document.id)
    this.#docOfId.set(document.id, doc)
    this.#versions.push(document.version)
    this.#sequenceNumbers.push(document.sequenceNumber)
    this.#sources.push(document.source)
    this.#sourceStarts.push(this.#sources.length)
    const { fields, values } = document.values
    for (let i = 0; i < fields.length; i++) this.#addValue(doc, fields[i]!, values[i]!)
  }

  /** The newest document with this id, or undefined. */
  docOf(id: string): number | undefined {
    return this.#docOfId.get(id)
  }

  forget(id: string): void {
    this.#docOfId.delete(id)
  }

  versionOf(doc: number): number {
    return this.#versions.at(doc)
  }

  sequenceNumberOf(doc: number): number {
    return this.#sequenceNumbers.at(doc)
  }

  source(doc: number): Buffer {
    return this.#sources.slice(this.#sourceStarts.at(doc), this.#sourceStarts.at(doc + 1))
  }

  freeze(): Segment {
    const docCount = this.docCount
    const columns = new Map<string, Column>()
    for (const [path, builder] of this.#columns) columns.set(path, builder.freeze(docCount))
    const sources = this.#sources.toBuffer()
    const columnBytes = [...columns.values()].reduce((sum, column) => sum + column.sizeBytes, 0)
    return {
      docCount,
      columns,
      ids: this.#ids,
      docOfId: this.#docOfId,
      versions: this.#versions.toArray(),
      sequenceNumbers: this.#sequenceNumbers.toArray(),
      sources,
      sourceStarts: this.#sourceStarts.toArray(),
      allDocs: Uint32Array.from({ length: docCount }, (_, doc) => doc),
      sizeBytes: sources.length + columnBytes + docCount * 24
    }
  }

  #addValue(doc: number, field: Field, value: string | number | GeoPoint): void {
    let column = this.#columns.get(field.path)
    if (column === undefined) {
      column = newColumn(field)
      this.#columns.set(field.path, column)
    }
    // A field's type never changes, so its values fit its column.
    column.add(doc, value as string & number & GeoPoint)
  }
}

function newColumn(field: Field): ColumnBuilder {
  const kind = COLUMN_OF_TYPE[field.type]
  if (kind === 'keyword') return new KeywordBuilder()
  if (kind === 'numeric') return new NumericBuilder()
  return kind === 'geo' ? new GeoBuilder() : new TextBuilder()
}
