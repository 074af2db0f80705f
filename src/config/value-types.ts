// How the text of a key becomes its value.

import { resolve } from 'node:path'

/** Reads a text that is not empty; throws WrongValue. */
export interface ValueType<T> {
  read(text: string, context: ValueContext): T
}

export interface ValueContext {
  /** Folder that a relative path is below of. Absolute. */
  readonly confDir: string
  readonly homeDir: string
}

/** What is wrong with a value, as end of a sentence: `"x" is not a whole number`. */
export class WrongValue extends Error {}

export const text: ValueType<string> = { read: (given) => given }

/** Absolute: `~` is the home folder; a relative one is below the folder of the ini. */
export const path: ValueType<string> = {
  read: (given, { confDir, homeDir }) => resolve(confDir, given === '~' || given.startsWith('~/') ? homeDir + given.slice(1) : given)
}

const TRUE = ['true', 'yes', 'on', 't', 'y', '1']
const FALSE = ['false', 'no', 'off', 'f', 'n', '0']

/** Every spelling of yes and no that people write. */
export const flag: ValueType<boolean> = {
  read(given) {
    const word = given.toLowerCase()
    if (TRUE.includes(word)) return true
    if (FALSE.includes(word)) return false
    throw new WrongValue(`"${given}" is neither true nor false`)
  }
}

export function integer(min: number): ValueType<number> {
  return {
    read(given) {
      const value = Number(given.replaceAll('_', ''))
      if (!/^[+-]?\d[\d_]*$/.test(given) || !Number.isSafeInteger(value)) throw new WrongValue(`"${given}" is not a whole number`)
      if (value < min) throw new WrongValue(`${given} is less than ${min}`)
      return value
    }
  }
}

export function number(min: number): ValueType<number> {
  return {
    read(given) {
      const value = Number(given)
      if (!Number.isFinite(value)) throw new WrongValue(`"${given}" is not a number`)
      if (value < min) throw new WrongValue(`${given} is less than ${min}`)
      return value
    }
  }
}

export function oneOf<const Word extends string>(...words: readonly Word[]): ValueType<Word> {
  return {
    read(given) {
      const found = words.find((word) => word === given.toLowerCase())
      if (found === undefined) throw new WrongValue(`"${given}" is none of ${words.join(', ')}`)
      return found
    }
  }
}

/** Null where nothing is set. */
export function optional<T>(type: ValueType<T>): ValueType<T | null> {
  return { read: (given, context) => (given === '' ? null : type.read(given, context)) }
}
