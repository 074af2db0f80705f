// JSON schemas that the compiler holds against the types of the messages: a field that is missing, misspelt or of another type
// in a schema does not build.

/** A schema of values of type T, exactly. */
export interface Shape<T> {
  readonly json: object
  /** Only for the compiler; makes T invariant. */
  readonly holds?: (value: T) => T
}

/** Of a field that may be missing. */
export interface OptionalShape<T> extends Shape<T> {
  readonly isOptional: true
}

export type Fields<T> = { readonly [K in keyof T]-?: object extends Pick<T, K> ? OptionalShape<NonNullable<T[K]>> : Shape<T[K]> }

/** A schema for each message of a union on `t`. */
export type MessageSchemas<M extends { readonly t: string }> = { readonly [T in M['t']]: Shape<Extract<M, { readonly t: T }>> }

export const text: Shape<string> = { json: { type: 'string' } }
export const number: Shape<number> = { json: { type: 'number' } }
/** A count, a size, a number in a row: whole, 0 or more. */
export const count: Shape<number> = { json: { type: 'integer', minimum: 0 } }
/** Seconds of a step: what goes through them all must come to an end, whatever a peer says. */
const MAX_STEP_SECONDS = 31 * 24 * 3600
/** A second of a step, in a row from 0. */
export const stepSecond: Shape<number> = { json: { type: 'integer', minimum: 0, maximum: MAX_STEP_SECONDS } }
/** When something happened in a step, milliseconds. */
export const stepOffset: Shape<number> = { json: { type: 'number', minimum: 0, maximum: MAX_STEP_SECONDS * 1000 } }
export const flag: Shape<boolean> = { json: { type: 'boolean' } }

export const port: Shape<number> = { json: { type: 'integer', minimum: 1, maximum: 65_535 } }

/** Text of a form. */
export function matching(pattern: RegExp): Shape<string> {
  return { json: { type: 'string', pattern: pattern.source } }
}

export function oneOf<const W extends string>(...words: readonly W[]): Shape<W> {
  return { json: { enum: words } }
}

export function nullable<T>(shape: Shape<T>): Shape<T | null> {
  return { json: { anyOf: [shape.json, { type: 'null' }] } }
}

export function optional<T>(shape: Shape<T>): OptionalShape<T> {
  return { json: shape.json, isOptional: true }
}

export function list<T>(shape: Shape<T>): Shape<readonly T[]> {
  return { json: { type: 'array', items: shape.json } }
}

export function pair<A, B>(a: Shape<A>, b: Shape<B>): Shape<readonly [A, B]> {
  return { json: { type: 'array', items: [a.json, b.json], minItems: 2, additionalItems: false } }
}

/** Any keys, values of one kind. */
export function dictionary<T>(shape: Shape<T>): Shape<Readonly<Record<string, T>>> {
  return { json: { type: 'object', additionalProperties: shape.json } }
}

/** These fields and no other. */
export function object<T extends object>(fields: Fields<T>): Shape<T> {
  const shapes = Object.entries(fields as Readonly<Record<string, { readonly json: object }>>)
  const properties = Object.fromEntries(shapes.map(([name, { json }]) => [name, json]))
  const required = shapes.filter(([, shape]) => !('isOptional' in shape)).map(([name]) => name)
  return { json: { type: 'object', properties, required, additionalProperties: false } }
}

/** One of several objects, told apart by the word in one field. */
export function variants<T extends object>(...shapes: readonly { readonly json: object }[]): Shape<T> {
  return { json: { anyOf: shapes.map(({ json }) => json) } }
}

/** The fields of a message beside its `t`. */
export function message<M extends { readonly t: string }>(t: M['t'], fields: Fields<Omit<M, 't'>>): Shape<M> {
  const typed = { t: { json: { const: t } }, ...fields }
  return { json: object(typed as unknown as Fields<Record<string, unknown>>).json }
}
