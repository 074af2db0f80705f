// Where a value stands in the rendered document: `challenges[0].schedule[3].clients`, and at which letter of its text.

export type DocumentPath = readonly (string | number)[]

const PLAIN_KEY = /^[\w#@$-]+$/

/** `challenges[0].schedule[3].clients`; the empty text for the document itself. */
export function pathText(path: DocumentPath): string {
  let text = ''
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`
    else if (PLAIN_KEY.test(part)) text += text === '' ? part : `.${part}`
    else text += `[${JSON.stringify(part)}]`
  }
  return text
}

const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\],:]|[^\s{}[\],:"]+/gy
const SPACE = /\s*/y
/** Between the parts of a path; in no key that a text editor would write. */
const SEPARATOR = '\u0000'

/** Offsets of all values of a text that is known to be JSON, found in one pass. */
export class DocumentPositions {
  readonly #offsets = new Map<string, number>()

  constructor(text: string) {
    new Cursor(text, this.#offsets).value('')
  }

  /** Offset of the value at `path`; where the path leads nowhere, of the nearest value above it. Of equal keys the last counts. */
  offsetOf(path: DocumentPath): number {
    for (let length = path.length; length > 0; length--) {
      const offset = this.#offsets.get(
        path
          .slice(0, length)
          .map((part) => SEPARATOR + part)
          .join('')
      )
      if (offset !== undefined) return offset
    }
    return this.#offsets.get('') ?? 0
  }
}

class Cursor {
  readonly #text: string
  readonly #offsets: Map<string, number>
  #at = 0

  constructor(text: string, offsets: Map<string, number>) {
    this.#text = text
    this.#offsets = offsets
  }

  value(path: string): void {
    this.#skipSpace()
    this.#offsets.set(path, this.#at)
    const token = this.#next()
    if (token === '{') this.#members('}', () => this.#key(), path)
    else if (token === '[') this.#members(']', String, path)
  }

  #members(end: string, nameOf: (index: number) => string, path: string): void {
    if (this.#peek() === end) {
      this.#next()
      return
    }
    for (let i = 0; ; i++) {
      this.value(path + SEPARATOR + nameOf(i))
      if (this.#next() !== ',') return
    }
  }

  #key(): string {
    const token = this.#next()
    this.#next()
    try {
      return JSON.parse(token) as string
    } catch {
      return token
    }
  }

  #skipSpace(): void {
    SPACE.lastIndex = this.#at
    SPACE.exec(this.#text)
    this.#at = SPACE.lastIndex
  }

  #peek(): string {
    const before = this.#at
    const token = this.#next()
    this.#at = before
    return token
  }

  #next(): string {
    this.#skipSpace()
    TOKEN.lastIndex = this.#at
    const token = TOKEN.exec(this.#text)?.[0] ?? ''
    this.#at += token.length
    return token
  }
}
