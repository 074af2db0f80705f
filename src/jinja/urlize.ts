// Links in a text → HTML anchors, as Jinja's `urlize` finds them.

import { escapeText } from './escape.ts'
import { spendText } from './limits.ts'
import { SPACE_CLASS } from './python-text.ts'

export interface LinkOptions {
  /** Shown text of a link, in characters; null: all of it. */
  readonly limit: number | null
  readonly rel: string
  readonly target: string | null
  /** Also links: what begins with one of these. */
  readonly schemes: readonly string[]
}

const WORD = '[\\p{L}\\p{N}_]'
const URL = new RegExp(
  `^(?:(?:https?://|www\\.)(?:(?:(?:${WORD}|[%-])+\\.)+)?(?:[a-z]{2,63}|xn--(?:${WORD}|%){2,59})` +
    `|(?:(?:${WORD}|[%-]){2,63}\\.)+(?:com|net|int|edu|gov|org|info|mil)` +
    `|https?://(?:\\d{1,3}(?:\\.\\d{1,3}){3}|\\[(?:[\\da-f]{0,4}:){2}(?:[\\da-f]{0,4}:?){1,6}\\]))(?::\\d{1,5})?(?:[/?#]\\S*)?$`,
  'iu'
)
const EMAIL = new RegExp(`^\\S+@${WORD}(?:${WORD}|[.-])*\\.${WORD}+$`, 'u')
const WORDS = new RegExp(`([${SPACE_CLASS}]+)`)
const BRACKETS = [
  ['(', ')'],
  ['<', '>'],
  ['&lt;', '&gt;']
] as const

/** The escaped text with anchors around its links. */
export function urlize(text: string, options: LinkOptions): string {
  spendText(text.length * 16)
  const attributes = `${options.rel === '' ? '' : ` rel="${escapeText(options.rel)}"`}${
    options.target === null || options.target === '' ? '' : ` target="${escapeText(options.target)}"`
  }`
  const link = (href: string, shown: string): string => `<a href="${href}"${attributes}>${shown}</a>`
  return escapeText(text)
    .split(WORDS)
    .map((word) => linkWord(word, options, link))
    .join('')
}

function linkWord(word: string, options: LinkOptions, link: (href: string, shown: string) => string): string {
  const head = /^(?:[(<]|&lt;)+/.exec(word)?.[0] ?? ''
  let middle = word.slice(head.length)
  let tail = /(?:[)>.,\n]|&gt;)+$/.exec(middle)?.[0] ?? ''
  middle = middle.slice(0, middle.length - tail.length)
  for (const [open, close] of BRACKETS) {
    const unclosed = middle.split(open).length - 1
    if (unclosed <= middle.split(close).length - 1) continue
    for (let left = Math.min(unclosed, tail.split(close).length - 1); left > 0; left--) {
      const end = tail.indexOf(close) + close.length
      middle += tail.slice(0, end)
      tail = tail.slice(end)
    }
  }
  return head + linked(middle, options, link) + tail
}

function linked(text: string, options: LinkOptions, link: (href: string, shown: string) => string): string {
  const { limit } = options
  const shown = limit !== null && text.length > limit ? `${text.slice(0, limit)}...` : text
  if (URL.test(text)) return link(/^https?:\/\//.test(text) ? text : `https://${text}`, shown)
  if (text.startsWith('mailto:') && EMAIL.test(text.slice(7))) return `<a href="${text}">${text.slice(7)}</a>`
  if (!/^(?:www\.|@)/.test(text) && !text.includes(':') && EMAIL.test(text)) return `<a href="mailto:${text}">${text}</a>`
  const scheme = options.schemes.find((one) => text !== one && text.startsWith(one))
  return scheme === undefined ? text : link(text, text)
}
