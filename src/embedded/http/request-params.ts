// The query string of a request, read as Elasticsearch reads it.

import { illegalArgument } from '../api-error.ts'
import { parseTimeMs } from '../store/time-value.ts'

export class RequestParams {
  readonly #values: ReadonlyMap<string, string>

  constructor(query: string) {
    this.#values = query === '' ? new Map() : new Map(new URLSearchParams(query))
  }

  names(): string[] {
    return [...this.#values.keys()]
  }

  text(name: string): string | null {
    return this.#values.get(name) ?? null
  }

  /** `?pretty` and `?pretty=true`; throws ApiError for anything but true and false. */
  flag(name: string, fallback = false): boolean {
    const value = this.#values.get(name)
    if (value === undefined) return fallback
    if (value === '' || value === 'true') return true
    if (value === 'false') return false
    throw illegalArgument(`Failed to parse value [${value}] as only [true] or [false] are allowed.`)
  }

  wholeNumber(name: string): number | null {
    const value = this.#values.get(name)
    if (value === undefined) return null
    if (!/^-?\d{1,15}$/.test(value)) throw illegalArgument(`Failed to parse int parameter [${name}] with value [${value}]`)
    return Number(value)
  }

  /** Milliseconds; -1 for `-1`. */
  timeMs(name: string, fallbackMs: number): number {
    const value = this.#values.get(name)
    return value === undefined ? fallbackMs : parseTimeMs(value, name)
  }
}
