// What a coordinator announces, before any of it is believed: names stay inside their folder (the wire's schema), mean one file
// each on any disk, and pieces are of the size they must have.

import { RallyError } from '../core/errors.ts'
import type { SuppliedFile, Supply } from '../protocol/transfer-messages.ts'
import { pieceBytesOf, pieceCount } from './pieces.ts'

/** Throws RallyError('protocol') with the first thing that is wrong. */
export function checkSupply({ track, data }: Supply): void {
  checkNames(track.map(({ path }) => path))
  // These name nothing that is written.
  for (const { path } of data ?? []) if (isOutside(path)) throw refused(path, 'leads out of its folder')
  for (const file of [...track, ...(data ?? [])]) checkPieces(file)
}

/** Throws RallyError('protocol') for names that are not files of one folder, each of them a file of its own. */
export function checkNames(paths: readonly string[]): void {
  const files = new Map<string, string>()
  for (const path of paths) {
    if (isOutside(path)) throw refused(path, 'leads out of its folder')
    const before = files.get(folded(path))
    if (before !== undefined) throw refused(path, before === path ? 'comes twice' : `is the same as [${before}] on some disks`)
    files.set(folded(path), path)
  }
  for (const path of paths) {
    for (let at = path.indexOf('/'); at >= 0; at = path.indexOf('/', at + 1)) {
      const above = files.get(folded(path.slice(0, at)))
      if (above !== undefined) throw refused(path, `stands below [${above}], which is a file`)
    }
  }
}

/** Why the wire's schema lets no file of this name through; null: it does. */
export function whyNotSent(path: string): string | null {
  const parts = path.split('/')
  if (path.includes('\\')) return 'holds a backslash'
  if (/\p{Cc}/u.test(path)) return 'holds a control character'
  if (parts.length > MAX_DEPTH) return `leads through more than ${MAX_DEPTH} folders`
  return isOutside(path) ? 'leads out of its folder' : null
}

/** As in the schema of a path (protocol/words). */
const MAX_DEPTH = 32

/** Also where the schema has refused it: nothing is written on the word of another part of the program. */
function isOutside(path: string): boolean {
  return path.split('/').some((part) => part === '' || part === '.' || part === '..') || /[\\\0]/.test(path)
}

/** Letters of either case, and of either way to write an accent, are one on some disks. */
function folded(path: string): string {
  return path.normalize('NFC').toLowerCase().normalize('NFC')
}

function checkPieces(file: SuppliedFile): void {
  const { path, bytes, pieceBytes, pieces } = file
  if (!Number.isSafeInteger(bytes) || pieceBytes !== pieceBytesOf(bytes)) throw refused(path, `has pieces of ${pieceBytes} bytes, but ${bytes} bytes in all`)
  const count = pieceCount(file)
  pieces.forEach(([piece], index) => {
    if (piece >= count || (index > 0 && piece <= pieces[index - 1]![0])) throw refused(path, `has no piece ${piece} at that place`)
  })
}

function refused(path: string, why: string): RallyError {
  return new RallyError('protocol', `file [${path}] of the race is refused: it ${why}`)
}
