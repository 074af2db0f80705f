// Which names the files of a track mention at all: what can still be told of parameters where a template cannot be read.

import { readdirSync, readFileSync, statSync, type Dirent } from 'node:fs'
import { join } from 'node:path'

/** Larger ones are data, and templates are few: a folder may be anybody's home. */
const MAX_FILE_BYTES = 1024 * 1024
const MAX_FILES = 2000
const MAX_DEPTH = 8

/** Of the names, those that no file below the folder holds as a word; none if there are too many files to look into. */
export function unmentioned(folder: string, names: readonly string[]): string[] {
  let left = names.map((name) => ({ name, word: wordExpression(name) }))
  let files = 0
  const walk = (dir: string, depth: number): void => {
    for (const entry of entriesOf(dir)) {
      if (left.length === 0) return
      const path = join(dir, entry.name)
      if (entry.isDirectory() && entry.name !== '.git' && entry.name !== 'node_modules' && depth < MAX_DEPTH) walk(path, depth + 1)
      else if (entry.isFile()) {
        if (++files > MAX_FILES) left = []
        const text = textOf(path)
        left = left.filter(({ word }) => !word.test(text))
      }
    }
  }
  if (left.length > 0) walk(folder, 0)
  return left.map(({ name }) => name)
}

function wordExpression(name: string): RegExp {
  return new RegExp(`(?<![\\p{L}\\p{N}_])${name.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&')}(?![\\p{L}\\p{N}_])`, 'u')
}

function entriesOf(dir: string): Dirent[] {
  try {
    return readdirSync(dir, { withFileTypes: true })
  } catch {
    return []
  }
}

function textOf(path: string): string {
  try {
    return statSync(path).size > MAX_FILE_BYTES ? '' : readFileSync(path, 'utf8')
  } catch {
    return ''
  }
}
