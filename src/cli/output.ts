// Where words go: what was asked for to stdout, everything else to stderr. One for the whole program.

import { fstatSync } from 'node:fs'
import { systemCode } from '../core/errors.ts'
import { printable, printableJson, printableKeepingColours } from './printable.ts'

/** A stream as far as it is needed here; process.stdout and process.stderr are such. */
export interface Stream {
  write(text: string, done?: () => void): boolean
  on(event: 'error', listener: (error: Error) => void): unknown
  readonly isTTY?: boolean
  readonly columns?: number
  readonly fd?: number
}

export interface OutputOptions {
  readonly stdout: Stream
  readonly stderr: Stream
  readonly environment: Readonly<Record<string, string | undefined>>
  /** stdout can take no more: its reader went away (EPIPE), or its disk is full. */
  readonly onStdoutError: (error: Error) => void
}

/** A display below the lines of stderr, which must make room for each new one. */
export interface LiveRegion {
  clear(): void
  draw(): void
}

export class Output {
  isQuiet = false
  /** Told of every line that goes to stderr, also when it is quiet. */
  onLine: (level: 'INFO' | 'WARNING' | 'ERROR', text: string) => void = () => undefined
  live: LiveRegion | null = null
  readonly stdoutHasColours: boolean
  readonly stderrHasColours: boolean
  readonly stdoutIsTerminal: boolean
  readonly stderrIsTerminal: boolean
  readonly #stdout: Stream
  readonly #stderr: Stream
  #stderrIsOpen = true

  constructor({ stdout, stderr, environment, onStdoutError }: OutputOptions) {
    const isPlain = (environment['NO_COLOR'] ?? '') !== '' || environment['TERM'] === 'dumb'
    this.stdoutHasColours = stdout.isTTY === true && !isPlain
    this.stderrHasColours = stderr.isTTY === true && !isPlain
    this.stdoutIsTerminal = stdout.isTTY === true
    this.stderrIsTerminal = stderr.isTTY === true && environment['TERM'] !== 'dumb'
    this.#stdout = stdout
    this.#stderr = stderr
    stdout.on('error', onStdoutError)
    // Nobody reads the progress any more: the race goes on for its report, unless both went into the same pipe.
    stderr.on('error', (error) => {
      this.#stderrIsOpen = false
      if (systemCode(error) === 'EPIPE' && isSameFile(stdout, stderr)) onStdoutError(error)
    })
  }

  /** What was asked for: whole lines. */
  print(text: string): void {
    this.#aside(() => this.#stdout.write(wholeLines(this.stdoutHasColours ? printableKeepingColours(text) : printable(text))))
  }

  /** The same for JSON, which may not be changed in its meaning. */
  printJson(json: string): void {
    this.#aside(() => this.#stdout.write(wholeLines(printableJson(json))))
  }

  /** A long text, piece by piece, no faster than its reader takes it. */
  async pour(pieces: AsyncIterable<string>, signal: AbortSignal): Promise<void> {
    for await (const piece of pieces) {
      signal.throwIfAborted()
      await new Promise<void>((resolve) => this.#stdout.write(this.#stdout.isTTY === true ? printable(piece) : piece, () => resolve()))
    }
  }

  info(text: string): void {
    this.onLine('INFO', text)
    if (!this.isQuiet) this.#line('[INFO] ', text)
  }

  warning(text: string): void {
    this.onLine('WARNING', text)
    if (!this.isQuiet) this.#line(this.#colour('33', '[WARNING] '), text)
  }

  error(text: string): void {
    this.onLine('ERROR', text)
    this.#line(this.#colour('31', '[ERROR] '), text)
  }

  /** A line without a prefix; not when quiet. */
  aside(text: string): void {
    if (!this.isQuiet) this.#line('', text)
  }

  /** A line without a prefix that belongs to an error. */
  errorDetail(text: string): void {
    this.#line('', text)
  }

  /** Resolves when everything has left. */
  async flush(): Promise<void> {
    await new Promise<void>((resolve) => this.#stdout.write('', () => resolve()))
    if (this.#stderrIsOpen) await new Promise<void>((resolve) => this.#stderr.write('', () => resolve()))
  }

  #line(prefix: string, text: string): void {
    if (!this.#stderrIsOpen) return
    this.#aside(() => this.#stderr.write(`${prefix}${printable(text)}\n`))
  }

  #aside(write: () => void): void {
    this.live?.clear()
    write()
    this.live?.draw()
  }

  #colour(code: string, text: string): string {
    return this.stderrHasColours ? `\u001b[${code};1m${text.trimEnd()}\u001b[0m ` : text
  }
}

function wholeLines(text: string): string {
  return text.endsWith('\n') ? text : `${text}\n`
}

function isSameFile(a: Stream, b: Stream): boolean {
  if (a.fd === undefined || b.fd === undefined) return false
  try {
    const [one, other] = [fstatSync(a.fd), fstatSync(b.fd)]
    return one.ino === other.ino && one.dev === other.dev
  } catch {
    // A stream that was closed is nobody's.
    return false
  }
}
