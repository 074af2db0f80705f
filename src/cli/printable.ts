// Names come from tracks, words from servers: none of them may steer the terminal.

/** Control characters but for line ends and tabs, and marks that turn the direction of writing, made visible: `\x1b`. */
export function printable(text: string): string {
  return text.replaceAll(/\r(?!\n)|[^\P{Cc}\r\n\t]|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu, visible)
}

/** The same for a text of our own making that may hold colours: those stay. */
export function printableKeepingColours(text: string): string {
  return text.replaceAll(
    /(\u{1b}\[[0-9;]*m)|\r(?!\n)|[^\P{Cc}\r\n\t]|[\u2028\u2029\u202a-\u202e\u2066-\u2069]/gu,
    (match, colour: string | undefined) => colour ?? visible(match)
  )
}

/** JSON text means the same with these characters escaped. */
export function printableJson(json: string): string {
  return json.replaceAll(
    /[\u2028\u2029\u202a-\u202e\u2066-\u2069\u{7f}-\u{9f}]/gu,
    (letter) => `\\u${letter.codePointAt(0)!.toString(16).padStart(4, '0')}`
  )
}

/** On one line. */
export function printableLine(text: string): string {
  return printable(text).replaceAll(/[\r\n\t]+/g, ' ')
}

function visible(letter: string): string {
  const code = letter.codePointAt(0)!
  return code < 0x100 ? `\\x${code.toString(16).padStart(2, '0')}` : `\\u${code.toString(16)}`
}
