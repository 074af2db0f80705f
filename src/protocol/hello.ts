// The first words on every connection. They must be understood across versions: fields may be added, never changed.

/** What a connection is for; each role has its own messages and line limit (`channels.ts`). */
export type Role = 'control' | 'results' | 'files' | 'status' | 'member'

/** Raised when a message changes its meaning; the program hash tells finer differences apart. */
export const PROTOCOL = 1

/**
 * Dialler → listener: the one line that is read of a stranger, at most 4 KiB, within five seconds of connecting. Nothing may come behind
 * it until the welcome. Answered with `welcome` or `refused`; anything that is no hello, with `error` and the end of the connection.
 */
export interface Hello {
  readonly t: 'hello'
  readonly protocol: number
  readonly version: string
  /** sha256 over the files of the program. */
  readonly program: string
  readonly role: Role
  /** Race id, for all roles that belong to a race. */
  readonly race?: string
  /** Chosen by the coordinator of a race with its first control connection; whoever shows it again is the same coordinator. */
  readonly token?: string
  /** Of the last event that came, when a control connection takes the place of one that fell silent. */
  readonly seq?: number
  /** Who runs the race, for those who find the node taken: `esra@laptop`. */
  readonly owner?: string
  /** Take the node from the coordinator that has it. */
  readonly force?: boolean
}

/** Listener → dialler: the channel is open, and its role's messages may follow, in both directions. */
export interface Welcome {
  readonly t: 'welcome'
  readonly protocol: number
  readonly version: string
  readonly program: string
  readonly node: string
  readonly facts: NodeFacts
  /** Whose race had to end for this one. */
  readonly evicted?: string
}

/** Listener → dialler, in place of a welcome: no, and why; the connection ends. Who dialled shows `message` and `hint` to the user. */
export interface Refusal {
  readonly t: 'refused'
  readonly code: RefusalCode
  readonly message: string
  /** What to do next. */
  readonly hint: string
}

/** `protocol`, `program`: another version; `busy`: another coordinator has the node; `role`: not served here; `race`: not known here. */
export type RefusalCode = 'protocol' | 'program' | 'busy' | 'role' | 'race' | 'shape'

/** What a machine is, and how it does. */
export interface NodeFacts {
  readonly cores: number
  readonly memoryBytes: number
  /** Of the disk that takes chunks and data; null: not known. */
  readonly freeDiskBytes: number | null
  /** `linux 6.1 x64` */
  readonly os: string
  /** Version of Node.js. */
  readonly runtime: string
  /** p99 of the event loop's delay since it was last asked for; null: not measured. */
  readonly loopDelayMs: number | null
}
