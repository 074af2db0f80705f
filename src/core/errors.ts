// Every error a person may meet: what kind it is decides the exit code, and who can mend it.

/** The kinds of errors, with the exit code of DESIGN's table and a hint that holds for the whole kind. */
export const ERROR_KINDS = {
  usage: { exitCode: 2, hint: 'run the command with --help' },
  config: { exitCode: 64, hint: 'compare your rally.ini with rally.ini.example' },
  track: { exitCode: 64, hint: 'check the track with `rally validate-track`' },
  corpus: { exitCode: 64, hint: 'check the data files of the track and the free disk space' },
  target: { exitCode: 64, hint: 'check that the cluster is up and that --target-hosts and --client-options are right' },
  node: { exitCode: 64, hint: 'look into the log file' },
  protocol: { exitCode: 64, hint: 'use the same version of Rally everywhere' },
  disk: { exitCode: 64, hint: 'free some space and run the race again' },
  request: { exitCode: 64, hint: 'look at the answer above, or run with --on-error=continue' },
  race: { exitCode: 64, hint: 'see `rally list races`' },
  invalid: { exitCode: 97, hint: 'the load generator could not keep up: see the report' },
  criterion: { exitCode: 98, hint: 'a criterion was not met: see the report' },
  stopped: { exitCode: 99, hint: 'a criterion was broken while the load ran: see the report' },
  cancelled: { exitCode: 130, hint: '' }
} as const

export type ErrorKind = keyof typeof ERROR_KINDS

export interface RallyErrorOptions {
  /** What to do next; by default the hint of the kind. */
  readonly hint?: string
  readonly cause?: unknown
  /** Several mistakes of one input, each a line: shown below the message. */
  readonly problems?: readonly string[]
}

/** An error a person can act on. Anything else that is thrown is a bug of Rally. */
export class RallyError extends Error {
  readonly kind: ErrorKind
  readonly hint: string
  readonly problems: readonly string[]

  constructor(kind: ErrorKind, message: string, options: RallyErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause })
    this.name = 'RallyError'
    this.kind = kind
    this.hint = options.hint ?? ERROR_KINDS[kind].hint
    this.problems = options.problems ?? []
  }

  get exitCode(): number {
    return ERROR_KINDS[this.kind].exitCode
  }
}

/** An error as it crosses a thread or a socket: classes do not survive there, words do. */
export interface WireError {
  /** null: not a RallyError, but a bug. */
  readonly kind: ErrorKind | null
  readonly message: string
  readonly hint: string
  readonly problems: readonly string[]
  /** Of a bug, or of what caused the error. */
  readonly stack: string | null
}

export function toWire(error: unknown): WireError {
  if (error instanceof RallyError) {
    return { kind: error.kind, message: messageOf(error), hint: error.hint, problems: error.problems, stack: stackOf(error.cause) }
  }
  return { kind: null, message: messageOf(error), hint: '', problems: [], stack: stackOf(error) }
}

export function fromWire(wire: WireError): Error {
  const bug = new Error(wire.message)
  if (wire.stack !== null) bug.stack = wire.stack
  if (wire.kind === null) return bug
  return new RallyError(wire.kind, wire.message, { hint: wire.hint, problems: wire.problems, cause: wire.stack === null ? undefined : bug })
}

/** Where an error, or anything else that was thrown, came from; null: it does not tell. */
export function stackOf(error: unknown): string | null {
  return error instanceof Error ? (error.stack ?? null) : null
}

/** The words of anything thrown, with its chain of causes: `a: b: c`. */
export function messageOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  const cause = error.cause === undefined ? '' : messageOf(error.cause)
  return cause === '' || error.message.includes(cause) ? error.message || error.name : `${error.message}: ${cause}`
}

/** The `code` that Node.js gives its system errors (`ENOENT`, `ECONNREFUSED` …), or null. */
export function systemCode(error: unknown): string | null {
  const code = (error as { code?: unknown } | null)?.code
  return typeof code === 'string' ? code : null
}
