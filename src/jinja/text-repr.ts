// Python's repr of a str.

import { spendText } from './limits.ts'

const SHORT: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' }
// Not printable: other and separator categories but the plain space.
const SPECIAL = /[\\\n\r\t]|(?! )[\p{C}\p{Z}]/gu

/** `'a'`; double quotes when only single ones are inside; `\xNN`, `\uNNNN` for what cannot be printed. */
export function textRepr(text: string): string {
  spendText(text.length * 2)
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'"
  const escaped = text.replace(SPECIAL, (char) => SHORT[char] ?? codeEscape(char))
  return quote + (quote === "'" ? escaped.replaceAll("'", "\\'") : escaped) + quote
}

/** Python's ascii(): the repr with everything beyond ASCII escaped. */
export function asciiRepr(repr: string): string {
  return repr.replace(/[^\x00-\x7f]/gu, codeEscape)
}

function codeEscape(char: string): string {
  const code = char.codePointAt(0) ?? 0
  if (code < 0x100) return `\\x${code.toString(16).padStart(2, '0')}`
  return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`
}
