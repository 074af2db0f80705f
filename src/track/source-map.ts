// From a place in a rendered text back to file and line. Rendering moves lines about (loops, macros, includes), so when there is
// a mistake to report, the templates are rendered once more with marks at their line ends; where a mark comes out, its line was used.

import type { SourcePlace } from './source-text.ts'

const MARK_BEGIN = '\u0001'
const MARK_END = '\u0002'
const MARK = new RegExp(`${MARK_BEGIN}(\\d+)${MARK_END}`, 'g')

/** Hands out marks for places. */
export class Marks {
  readonly places: SourcePlace[] = []

  /**
   * The text with a mark wherever `isEnd` says so, outside of Jinja's own tags.
   * @param ends offsets after which a mark is due, rising; besides, every line end gets one
   */
  mark(text: string, placeOf: (offset: number) => SourcePlace | null, ends: readonly number[] = []): string {
    if (text.includes(MARK_BEGIN)) return text
    let marked = ''
    let from = 0
    for (const offset of markOffsets(text, ends)) {
      const place = placeOf(Math.max(0, offset - 1))
      if (place === null) continue
      marked += `${text.slice(from, offset)}${MARK_BEGIN}${this.places.length}${MARK_END}`
      this.places.push(place)
      from = offset
    }
    return marked + text.slice(from)
  }
}

/** Tags, comments and raw blocks: no mark may go into them. */
const TAG =
  /\{#[\s\S]*?#\}|\{%[-+]?\s*raw\s*[-+]?%\}[\s\S]*?\{%[-+]?\s*endraw\s*[-+]?%\}|\{%(?:'[^']*'|"[^"]*"|[^'"])*?%\}|\{\{(?:'[^']*'|"[^"]*"|[^'"])*?\}\}/g

function markOffsets(text: string, ends: readonly number[]): number[] {
  const wanted = new Set(ends.filter((end) => end > 0 && end < text.length))
  for (let at = text.indexOf('\n'); at !== -1; at = text.indexOf('\n', at + 1)) wanted.add(at)
  wanted.add(text.length)
  for (const tag of text.matchAll(TAG)) {
    for (let at = tag.index + 1; at < tag.index + tag[0].length; at++) wanted.delete(at)
  }
  return [...wanted].sort((a, b) => a - b)
}

/** Which source line made a letter of a rendered text. */
export interface SourceMap {
  /** Null: unknown. */
  placeOf(offset: number): SourcePlace | null
}

export const NO_SOURCE_MAP: SourceMap = { placeOf: () => null }

/**
 * @param rendered the text as it was rendered
 * @param marked the same, rendered with marks; where the two differ by more than space, nothing is known
 */
export function sourceMap(rendered: string, marked: string, places: readonly SourcePlace[]): SourceMap {
  const marks: Mark[] = []
  let solid = ''
  let from = 0
  for (const match of marked.matchAll(MARK)) {
    solid += solidText(marked.slice(from, match.index))
    const place = places[Number(match[1])]
    if (place !== undefined) marks.push({ letters: solid.length, place })
    from = match.index + match[0].length
  }
  solid += solidText(marked.slice(from))
  if (solid !== solidText(rendered)) return NO_SOURCE_MAP
  const lettersBefore = solidCounts(rendered)
  return {
    placeOf(offset) {
      // A space belongs to the letter before it: the mark of a line stands before the line's end.
      const isSpace = /\s/.test(rendered[offset] ?? '')
      const before = (lettersBefore[Math.min(offset, rendered.length)] ?? 0) - (isSpace ? 1 : 0)
      return (firstAbove(marks, before) ?? marks.at(-1))?.place ?? null
    }
  }
}

interface Mark {
  /** That come before it, spaces not counted. */
  readonly letters: number
  readonly place: SourcePlace
}

/** The first mark with more than `letters` before it; marks stand in their order. */
function firstAbove(marks: readonly Mark[], letters: number): Mark | undefined {
  let low = 0
  let high = marks.length
  while (low < high) {
    const middle = (low + high) >> 1
    if ((marks[middle]?.letters ?? 0) > letters) high = middle
    else low = middle + 1
  }
  return marks[low]
}

/** How many letters that are no space come before each offset. */
function solidCounts(text: string): Uint32Array {
  const counts = new Uint32Array(text.length + 1)
  for (let i = 0; i < text.length; i++) counts[i + 1] = (counts[i] ?? 0) + (/\s/.test(text[i] ?? '') ? 0 : 1)
  return counts
}

/** Marks keep Jinja from trimming space around tags, so space does not count. */
function solidText(text: string): string {
  return text.replace(/\s+/g, '')
}
