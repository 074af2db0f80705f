// Reads client options one by one and remembers what was wrong, so that all mistakes come at once.

import { didYouMean } from '../core/close-match.ts'

/** Options of Elastic's client that are known and not served yet; `false` and nothing are fine for the switches among them. */
const LATER = [
  'static_responses',
  'create_api_key_per_client',
  'sniff_on_start',
  'sniff_on_connection_fail',
  'sniff_on_node_failure',
  'sniff_before_requests',
  'sniff_timeout',
  'sniffer_timeout',
  'min_delay_between_sniffing',
  'ssl_assert_fingerprint',
  'ssl_version',
  'ssl_context',
  'node_class',
  'http_auth',
  'cloud_id',
  'opaque_id',
  'connections_per_node',
  'dead_node_backoff_factor',
  'max_dead_node_backoff',
  'serializer',
  'randomize_nodes_in_pool',
  'meta_header'
]

export class ClientOptionReader {
  /** Grows while options are read. */
  readonly problems: string[] = []
  readonly #options: Readonly<Record<string, unknown>>
  readonly #known = new Set<string>()

  constructor(options: Readonly<Record<string, unknown>>) {
    this.#options = options
  }

  has(key: string): boolean {
    this.#known.add(key)
    const value = this.#options[key]
    return value !== undefined && value !== null
  }

  /** Known, and without effect here. */
  accepted(...keys: readonly string[]): void {
    for (const key of keys) this.#known.add(key)
  }

  boolean(key: string, fallback: boolean): boolean {
    if (!this.has(key)) return fallback
    const value = this.#options[key]
    const word = String(value).toLowerCase()
    if (['true', 'yes', 'on', '1'].includes(word)) return true
    if (['false', 'no', 'off', '0'].includes(word)) return false
    this.#wrong(key, 'true or false is needed', value)
    return fallback
  }

  text(key: string): string | null {
    if (!this.has(key)) return null
    const value = this.#options[key]
    if (typeof value === 'string' || typeof value === 'number' || typeof value === 'boolean') return String(value)
    this.#wrong(key, 'a text is needed', typeof value)
    return null
  }

  /** Null stands for "no limit", also as the word `None`. */
  seconds(key: string, fallback: number | null): number | null {
    this.#known.add(key)
    const value = this.#options[key]
    if (value === undefined) return fallback
    if (value === null || value === 'None' || value === 'null') return null
    const seconds = typeof value === 'string' && value.trim() === '' ? Number.NaN : Number(value)
    if (Number.isFinite(seconds) && seconds > 0 && typeof value !== 'boolean') return seconds
    this.#wrong(key, 'a number of seconds above 0 is needed', value)
    return fallback
  }

  count(key: string, fallback: number): number {
    if (!this.has(key)) return fallback
    const value = this.#options[key]
    const count = Number(value)
    if (Number.isInteger(count) && count >= 0 && typeof value !== 'boolean' && value !== '') return count
    this.#wrong(key, 'a whole number of 0 or more is needed', value)
    return fallback
  }

  statuses(key: string, fallback: readonly number[]): readonly number[] {
    if (!this.has(key)) return fallback
    const value = this.#options[key]
    const statuses = (Array.isArray(value) ? value : [value]).map(Number)
    if (statuses.every((status) => Number.isInteger(status) && status >= 100 && status <= 599)) return statuses
    this.#wrong(key, 'HTTP statuses are needed', value)
    return fallback
  }

  /** The value as it is. */
  raw(key: string): unknown {
    return this.has(key) ? this.#options[key] : null
  }

  /** Call it last: names what nobody asked for. */
  finish(): void {
    for (const [key, value] of Object.entries(this.#options)) {
      if (this.#known.has(key)) continue
      if (!LATER.includes(key)) this.problems.push(`client option [${key}] is unknown${didYouMean(key, this.#known)}`)
      else if (value !== false && value !== null) this.problems.push(`client option [${key}] is not supported yet`)
    }
  }

  #wrong(key: string, need: string, value: unknown): void {
    this.problems.push(`client option [${key}]: ${need}, not ${typeof value === 'string' ? `"${value}"` : JSON.stringify(value)}`)
  }
}
