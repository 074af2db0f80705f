// What is kept of each node for the report: its part of the load, how exactly it started, and what became of it.

export interface NodeRecord {
  readonly name: string
  /** Clients it plays. */
  readonly clients: number
  /** Its threads; 0: it was never ready. */
  readonly workers: number
  /** Begun here, over all steps. */
  readonly requests: number
  /** Its steps began within ± so many milliseconds of the common start. */
  readonly startSkewMs: number
  /** Longest time without a word, milliseconds; 0: never long enough to be told. */
  readonly silentMs: number
  /** Step (from 0; null: none had begun) in which it was lost, and why; null: it was not. */
  readonly lost: { readonly step: number | null; readonly why: string } | null
}

type Entry = { -readonly [Key in keyof NodeRecord]: NodeRecord[Key] }

export class NodeRoll {
  readonly #entries = new Map<string, Entry>()

  constructor(nodes: readonly { readonly name: string; readonly clients: number }[]) {
    for (const { name, clients } of nodes) {
      this.#entries.set(name, { name, clients, workers: 0, requests: 0, startSkewMs: 0, silentMs: 0, lost: null })
    }
  }

  prepared(node: string, workers: number): void {
    this.#change(node, () => ({ workers }))
  }

  starts(node: string, skewMs: number): void {
    this.#change(node, (entry) => ({ startSkewMs: Math.max(entry.startSkewMs, skewMs) }))
  }

  stepOver(node: string, { requests, startedLateMs }: { readonly requests: number; readonly startedLateMs: number }): void {
    this.#change(node, (entry) => ({ requests: entry.requests + requests, startSkewMs: Math.max(entry.startSkewMs, startedLateMs) }))
  }

  wasSilent(node: string, ms: number): void {
    this.#change(node, (entry) => ({ silentMs: Math.max(entry.silentMs, ms) }))
  }

  lost(node: string, lost: NonNullable<NodeRecord['lost']>): void {
    this.#change(node, (entry) => ({ lost: entry.lost ?? lost }))
  }

  records(): readonly NodeRecord[] {
    return [...this.#entries.values()]
  }

  #change(node: string, change: (entry: Entry) => Partial<Entry>): void {
    const entry = this.#entries.get(node)
    if (entry !== undefined) Object.assign(entry, change(entry))
  }
}
