// What one rendering may cost: a template can neither run for ever nor fill the memory.

import { pythonError } from './jinja-error.ts'

export const MAX_STEPS = 10_000_000
/** Items of a range or a list. */
export const MAX_ITEMS = 1_000_000
/** Characters of a rendered text, or of any text on the way to it. */
export const MAX_CHARACTERS = 64 * 1024 * 1024
/** Nested calls of macros, included templates, recursive loops; nested tags and brackets. */
export const MAX_DEPTH = 100
export const MAX_INTEGER_BITS = 65_536

// Rendering is synchronous and runs one at a time in a thread, so its meter may live here; otherwise every
// addition and every comparison would have to be handed one.
let stepsLeft = Number.POSITIVE_INFINITY
let depth = 0

/** Runs with a fresh allowance; inside a rendering, with what is left of the outer one's. */
export function metered<T>(run: () => T): T {
  if (stepsLeft !== Number.POSITIVE_INFINITY) return deeper(run)
  stepsLeft = MAX_STEPS
  depth = 0
  try {
    return run()
  } finally {
    stepsLeft = Number.POSITIVE_INFINITY
  }
}

/** Pays for work; a step is about a tenth of a microsecond. */
export function spend(steps: number): void {
  stepsLeft -= steps
  if (stepsLeft < 0) {
    stepsLeft = 0
    throw limitError(`more than ${MAX_STEPS} evaluation steps`)
  }
}

/** Pays for making or reading a text of that length. */
export function spendText(characters: number): void {
  if (characters > MAX_CHARACTERS) throw limitError(`a text of more than ${MAX_CHARACTERS} characters`)
  spend(characters >> 5)
}

/** Pays for a new list of that length. */
export function spendItems(items: number): void {
  if (items > MAX_ITEMS) throw limitError(`more than ${MAX_ITEMS} items`)
  spend(items >> 2)
}

export function deeper<T>(run: () => T): T {
  if (depth >= MAX_DEPTH) throw limitError(`nested deeper than ${MAX_DEPTH} levels`)
  depth++
  try {
    return run()
  } finally {
    depth--
  }
}

export function limitError(message: string): Error {
  return pythonError('LimitError', message)
}
