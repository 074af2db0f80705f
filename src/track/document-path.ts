// Where a value stands in the rendered document: `challenges[0].schedule[3].clients`, and on which line of its text.

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

/**
 * Offset of the value at `path` in a text that is known to be JSON; where the path leads nowhere, of the nearest value above it.
 * Of equal keys the last counts, as in the parsed document.
 */
export function offsetOfPath(text: string, path: DocumentPath): number {
  const cursor = new Cursor(text)
  let found = { depth: -1, offset: 0 }
  cursor.value([], (at, offset) => {
    if (at.length >= found.depth && at.length <= path.length && at.every((part, i) => part === path[i])) found = { depth: at.length, offset }
  })
  return found.offset
}

type Visit = (path: DocumentPath, offset: number) => void

class Cursor {
  readonly #text: string
  #at = 0

  constructor(text: string) {
    this.#text = text
  }

  value(path: DocumentPath, visit: Visit): void {
    this.#skipSpace()
    visit(path, this.#at)
    const token = this.#next()
    if (token === '{') this.#members('}', (i) => this.#key() ?? i, path, visit)
    else if (token === '[') this.#members(']', (i) => i, path, visit)
  }

  #members(end: string, nameOf: (index: number) => string | number, path: DocumentPath, visit: Visit): void {
    if (this.#peek() === end) {
      this.#next()
      return
    }
    for (let i = 0; ; i++) {
      this.value([...path, nameOf(i)], visit)
      if (this.#next() !== ',') return
    }
  }

  #key(): string | null {
    const token = this.#next()
    this.#next()
    try {
      return JSON.parse(token) as string
    } catch {
      return null
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
