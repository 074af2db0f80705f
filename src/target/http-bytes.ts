// The bytes of HTTP/1.1: which may stand where (RFC 9110 and 9112, as strict as llhttp).

export const TAB = 9
export const LF = 10
export const CR = 13
export const SPACE = 32
export const QUOTE = 34
export const COMMA = 44
export const COLON = 58
export const SEMICOLON = 59
export const EQUALS = 61
export const BACKSLASH = 92

/** What a reader gives instead of the position behind what it has read. */
export const MORE = -1
export const BAD = -2

/** RFC 9110 §5.1: what a header of a request may be called. */
export const HEADER_NAME = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/
/** RFC 9110 §5.5: a character that no value of a request's header holds; none is more than one byte. */
export const NOT_IN_HEADER = /[^\t\u0020-\u007e\u0080-\u00ff]/u

/** 1: may stand in a name of a header. */
export const TOKEN = tableOf((byte) => HEADER_NAME.test(String.fromCharCode(byte)))

/** 1: may stand in a value of a header. */
export const VALUE = tableOf((byte) => byte === TAB || (byte >= SPACE && byte !== 127))

/** Value of a hexadecimal digit, else 255. */
export const HEX = Uint8Array.from({ length: 256 }, (_, byte) => {
  const digit = String.fromCharCode(byte)
  return /[0-9a-fA-F]/.test(digit) ? Number.parseInt(digit, 16) : 255
})

function tableOf(has: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (has(byte) ? 1 : 0))
}

/** Whether the bytes from `at` on are this word, in any case of its letters; `word` in lower case. */
export function isWord(bytes: Uint8Array, at: number, word: Uint8Array): boolean {
  for (let i = 0; i < word.length; i++) {
    const byte = bytes[at + i]!
    if (byte !== word[i] && (byte < 65 || byte > 90 || byte + 32 !== word[i])) return false
  }
  return true
}
