// How many columns a text takes on a terminal, so that a line of it never wraps.

const WIDE =
  /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe10-\ufe19\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{1f300}-\u{1faff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u
const NO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}\p{Cc}]/u
/** Longer texts are as wide as their beginning: no terminal shows more, and the segmenter takes time by the square of the length. */
const LONGEST = 2000
const letters = new Intl.Segmenter(undefined, { granularity: 'grapheme' })

export function widthOf(text: string): number {
  let width = 0
  for (const { segment } of letters.segment(text.slice(0, LONGEST))) width += letterWidth(segment)
  return width
}

/** The text in exactly `width` columns: cut, with `…` at its end, or filled with spaces. */
export function fit(text: string, width: number): string {
  const full = widthOf(text)
  if (full <= width) return text + ' '.repeat(width - full)
  if (width < 1) return ''
  let cut = ''
  let used = 0
  for (const { segment } of letters.segment(text.slice(0, LONGEST))) {
    const next = letterWidth(segment)
    if (used + next > width - 1) break
    cut += segment
    used += next
  }
  return `${cut}…${' '.repeat(width - used - 1)}`
}

function letterWidth(letter: string): number {
  if (WIDE.test(letter)) return 2
  return NO_WIDTH.test(letter) ? 0 : 1
}
