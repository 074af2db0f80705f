// Python's glob.glob inside the folder of a track: `*`, `?`, `[a-c]`, `[!a]`; `**` means `*`; names that begin with a dot only if asked for.

import { basename, dirname } from 'node:path'
import type { TrackFolder } from './file-text.ts'

const MAGIC = /[*?[]/

/** Paths that match, relative as `pattern` is, sorted; none is no error. Throws FileProblem for a folder that is outside or unreadable. */
export function glob(folder: TrackFolder, pattern: string): string[] {
  return expand(folder, pattern).sort()
}

function expand(folder: TrackFolder, pattern: string): string[] {
  if (!MAGIC.test(pattern)) return folder.exists(pattern) ? [pattern] : []
  const parent = dirname(pattern)
  const name = basename(pattern)
  const parents = MAGIC.test(parent) ? expand(folder, parent) : [parent]
  return parents.flatMap((path) =>
    namesIn(folder, path, name).map((found) => (parent === '.' && !pattern.startsWith('./') ? found : `${path}/${found}`))
  )
}

function namesIn(folder: TrackFolder, path: string, name: string): string[] {
  if (!MAGIC.test(name)) return folder.exists(`${path}/${name}`) ? [name] : []
  const matches = nameMatcher(name)
  return folder.list(path).filter((found) => (name.startsWith('.') || !found.startsWith('.')) && matches(found))
}

type Letter = (letter: string) => boolean

/** Python's fnmatch for one name. Never slower than the lengths multiplied, whatever the pattern. */
export function nameMatcher(pattern: string): (name: string) => boolean {
  const parts = partsOf(Array.from(pattern))
  return (name) => {
    const letters = Array.from(name)
    let part = 0
    let at = 0
    // Where the last `*` stood, and up to where it reaches: only this one ever has to be stretched.
    let star: { part: number; at: number } | null = null
    while (at < letters.length) {
      const test = parts[part]
      if (test === '*') star = { part: part++, at }
      else if (test !== undefined && test(letters[at] ?? '')) [part, at] = [part + 1, at + 1]
      else if (star === null) return false
      else [part, at] = [star.part + 1, ++star.at]
    }
    return parts.slice(part).every((rest) => rest === '*')
  }
}

function partsOf(pattern: readonly string[]): (Letter | '*')[] {
  const parts: (Letter | '*')[] = []
  for (let at = 0; at < pattern.length; at++) {
    const letter = pattern[at] ?? ''
    const end = letter === '[' ? pattern.indexOf(']', pattern[at + 1] === '!' ? at + 3 : at + 2) : -1
    if (letter === '*') parts.push('*')
    else if (letter === '?') parts.push(() => true)
    else if (end === -1) parts.push((found) => found === letter)
    else {
      parts.push(letterClass(pattern.slice(at + 1, end)))
      at = end
    }
  }
  return parts
}

/** `a-c`, `!x`: what stands between brackets. */
function letterClass(inside: readonly string[]): Letter {
  const negated = inside[0] === '!'
  const letters = negated ? inside.slice(1) : inside
  const ranges: [string, string][] = []
  for (let at = 0; at < letters.length; at++) {
    const from = letters[at] ?? ''
    const to = letters[at + 1] === '-' ? letters[at + 2] : undefined
    ranges.push([from, to ?? from])
    if (to !== undefined) at += 2
  }
  return (found) => ranges.some(([from, to]) => from <= found && found <= to) !== negated
}
