// Whether what came over the wire is a message of its channel. ajv compiles a schema when its first message comes: most
// processes see few types, and a race on one machine sees none.

import type { Ajv, ErrorObject, ValidateFunction } from 'ajv'
import { BUCKETS, type SparseHistogram } from '../sample/histogram.ts'
import { WireFault } from './wire-fault.ts'

export class Checker<M extends { readonly t: string }> {
  readonly #ajv: Ajv
  readonly #schemas: ReadonlyMap<string, object>
  readonly #compiled = new Map<string, ValidateFunction>()

  constructor(ajv: Ajv, schemas: Readonly<Record<string, { readonly json: object }>>) {
    this.#ajv = ajv
    this.#schemas = new Map(Object.entries(schemas).map(([t, { json }]) => [t, json]))
  }

  /** Throws WireFault that names type and place. */
  check(value: unknown): M {
    const t = typeOf(value)
    const isValid = this.#compiled.get(t) ?? this.#compile(t)
    if (!isValid(value)) throw new WireFault(`wrong shape of a message: ${t}${placeOf(isValid.errors?.[0])}`)
    return value as M
  }

  #compile(t: string): ValidateFunction {
    const schema = this.#schemas.get(t)
    if (schema === undefined) throw new WireFault(`unknown type of message: ${JSON.stringify(t.slice(0, 40))}`)
    const compiled = this.#ajv.compile(schema)
    this.#compiled.set(t, compiled)
    return compiled
  }
}

let loading: Promise<Ajv> | null = null

/** ajv, loaded when a first connection is there. */
export function loadAjv(): Promise<Ajv> {
  loading ??= import('ajv').then(({ Ajv: Compiler }) => {
    const ajv = new Compiler({ strict: true, strictTuples: false, allowUnionTypes: true, meta: false, validateSchema: false, addUsedSchema: false })
    ajv.addKeyword({ keyword: 'histogram', type: 'object', schemaType: 'boolean', validate: (_: boolean, value: unknown) => isHistogram(value) })
    return ajv
  })
  return loading
}

/** `t` of a message. */
export function typeOf(value: unknown): string {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw new WireFault('a line is no JSON object')
  const { t } = value as { readonly t?: unknown }
  if (typeof t !== 'string') throw new WireFault('a message has no type')
  return t
}

function placeOf(error: ErrorObject | undefined): string {
  if (error === undefined) return ''
  const { additionalProperty } = error.params as { readonly additionalProperty?: string }
  const extra = additionalProperty === undefined ? '' : ` (${JSON.stringify(additionalProperty.slice(0, 40))})`
  return `${error.instancePath.slice(0, 200)} ${error.message ?? 'is wrong'}${extra}`
}

/** Bucket numbers are sums of gaps, which no JSON schema can bound; and a plain loop over thousands of numbers is faster. */
function isHistogram(value: unknown): boolean {
  const { n, sum, min, max, buckets, ...rest } = value as Partial<SparseHistogram>
  if (Object.keys(rest).length > 0 || !Array.isArray(buckets) || buckets.length % 2 !== 0) return false
  for (const figure of [n, sum, min, max]) if (typeof figure !== 'number') return false
  let bucket = 0
  let counted = 0
  for (let at = 0; at < buckets.length; at += 2) {
    const gap: unknown = buckets[at]
    const samples: unknown = buckets[at + 1]
    if (!Number.isInteger(gap) || !Number.isInteger(samples) || (gap as number) < 0 || (samples as number) < 0) return false
    bucket += gap as number
    counted += samples as number
  }
  return bucket < BUCKETS && counted === n
}
