// Python's textwrap.wrap, as Jinja's `wordwrap` uses it: white space is kept, and cut only at the ends of lines.

import { valueError } from './jinja-error.ts'
import { spendText } from './limits.ts'
import { codePointCount, codePoints } from './python-text.ts'

export interface WrapOptions {
  readonly width: number
  readonly breakLongWords: boolean
  readonly breakOnHyphens: boolean
}

const SPACES = '\\t\\n\\v\\f\\r '
const PUNCTUATION = '[\\p{L}\\p{N}_!"\'&.,?]'
const LETTER = '[\\p{L}_]'
// A run of white space, a dash between words, or a word up to its end or a hyphen within.
const HYPHENATED = new RegExp(
  `([${SPACES}]+|(?<=${PUNCTUATION})-{2,}(?=[\\p{L}\\p{N}_])|[^${SPACES}]+?(?:-(?:(?<=${LETTER}{2}-)|(?<=${LETTER}-${LETTER}-))(?=${LETTER}-?${LETTER})` +
    `|(?=[${SPACES}]|$)|(?<=${PUNCTUATION})(?=-{2,}[\\p{L}\\p{N}_])))`,
  'u'
)
const SIMPLE = new RegExp(`([${SPACES}]+)`)

/** The lines of one paragraph; throws ValueError for a width that is not positive. */
export function wrapText(text: string, options: WrapOptions): string[] {
  spendText(text.length * 8)
  if (options.width <= 0) throw valueError(`invalid width ${options.width} (must be > 0)`)
  const chunks = text
    .split(options.breakOnHyphens ? HYPHENATED : SIMPLE)
    .filter((chunk) => chunk !== '')
    .toReversed()
  const lines: string[] = []
  while (chunks.length > 0) {
    if (lines.length > 0 && isBlank(chunks.at(-1))) chunks.pop()
    const line = takeLine(chunks, options)
    if (isBlank(line.at(-1))) line.pop()
    if (line.length > 0) lines.push(line.join(''))
  }
  return lines
}

function isBlank(chunk: string | undefined): boolean {
  return chunk !== undefined && chunk.trim() === ''
}

/** Takes the chunks of a line off the end of `chunks`. */
function takeLine(chunks: string[], options: WrapOptions): string[] {
  const line: string[] = []
  let length = 0
  for (let next = chunks.at(-1); next !== undefined; next = chunks.at(-1)) {
    const size = codePointCount(next)
    if (length + size > options.width) break
    line.push(next)
    chunks.pop()
    length += size
  }
  const long = chunks.at(-1)
  if (long !== undefined && codePointCount(long) > options.width) {
    chunks.pop()
    const [head, rest] = breakWord(long, { ...options, width: options.width - length, isFirst: line.length === 0 })
    if (head !== '') line.push(head)
    if (rest !== '') chunks.push(rest)
  }
  return line
}

/** A word that is longer than a line: what fits, and the rest. */
function breakWord(word: string, options: WrapOptions & { readonly isFirst: boolean }): [head: string, rest: string] {
  if (!options.breakLongWords) return options.isFirst ? [word, ''] : ['', word]
  const chars = codePoints(word)
  let end = options.width
  const hyphen = chars.slice(0, end).lastIndexOf('-')
  if (options.breakOnHyphens && hyphen > 0 && chars.slice(0, hyphen).some((char) => char !== '-')) end = hyphen + 1
  return [chars.slice(0, end).join(''), chars.slice(end).join('')]
}
