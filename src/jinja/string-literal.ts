// Escapes in string literals, as Python's `unicode-escape` codec reads them.

const SIMPLE: Readonly<Record<string, string>> = {
  '\n': '',
  '\\': '\\',
  "'": "'",
  '"': '"',
  a: '\x07',
  b: '\b',
  f: '\f',
  n: '\n',
  r: '\r',
  t: '\t',
  v: '\v'
}
const HEX_LENGTHS: Readonly<Record<string, number>> = { x: 2, u: 4, U: 8 }
const TRUNCATED: Readonly<Record<string, string>> = { x: '\\xXX', u: '\\uXXXX', U: '\\UXXXXXXXX' }

/** The text that a literal's inside stands for; unknown escapes stay as they are; broken ones go to `fail`. */
export function unescapeString(body: string, fail: (message: string) => never): string {
  if (!body.includes('\\')) return body
  return body.replace(/\\(?:[0-7]{1,3}|[xuU][0-9a-fA-F]*|[^])/gu, (whole) => unescapeOne(whole, fail))
}

function unescapeOne(whole: string, fail: (message: string) => never): string {
  const char = whole.slice(1, 1 + String.fromCodePoint(whole.codePointAt(1) ?? 0).length)
  if (/^[0-7]/.test(char)) return String.fromCodePoint(Number.parseInt(whole.slice(1), 8))
  if (/^[xuU]/.test(char)) return hexEscape(char, whole.slice(2), fail)
  if (char === 'N') fail('unknown Unicode character name')
  // Python first writes such a character as an escape itself, which then loses its meaning to the backslash in front.
  if ((char.codePointAt(0) ?? 0) > 0x7f) return `\\${escapeOf(char)}`
  return SIMPLE[char] ?? whole
}

function hexEscape(kind: string, hex: string, fail: (message: string) => never): string {
  const length = HEX_LENGTHS[kind] ?? 0
  if (hex.length < length) fail(`truncated ${TRUNCATED[kind]} escape`)
  const code = Number.parseInt(hex.slice(0, length), 16)
  if (code > 0x10ffff) fail('illegal Unicode character')
  return String.fromCodePoint(code) + hex.slice(length)
}

function escapeOf(char: string): string {
  const code = (char.codePointAt(0) ?? 0).toString(16)
  return code.length <= 2 ? `x${code.padStart(2, '0')}` : code.length <= 4 ? `u${code.padStart(4, '0')}` : `U${code.padStart(8, '0')}`
}
