// The action line before each document: always the same one, or one with an id that may have been used before.

import { RallyError } from '../core/errors.ts'
import type { Random } from '../core/random.ts'
import { roundHalfEven } from './bounds.ts'
import type { IdOrder } from './id-order.ts'

/** How ids are made to clash; the words are those of the track. */
export interface Conflicts {
  readonly order: 'sequential' | 'random'
  /** 0…100: how often a document takes an id that is already in use. */
  readonly probabilityPercent: number
  readonly onConflict: 'index' | 'update'
  /** 0…1: 0 takes any used id, more prefers the newest. */
  readonly recency: number
}

/** How steeply recency prefers the newest ids. */
const RECENCY_SLOPE = 30
const ID_DIGITS = 10

/** Elastic Rally's line, byte for byte; the name is not escaped, as index names hold nothing to escape. */
export function constantActionLine(target: string, isDataStream: boolean): Buffer {
  return Buffer.from(`{"${isDataStream ? 'create' : 'index'}": {"_index": "${target}"}}\n`)
}

export interface ConflictingLinesOptions {
  readonly target: string
  readonly isDataStream: boolean
  readonly conflicts: Conflicts
  readonly ids: IdOrder
  readonly idCount: number
  readonly random: Random
}

export interface ActionLine {
  readonly action: 'index' | 'update'
  readonly line: string
}

/** Action lines with ids, in Elastic Rally's distribution; each call of `next` belongs to the next document. */
export class ConflictingLines {
  readonly #options: ConflictingLinesOptions
  readonly #heads: Readonly<Record<'index' | 'update', string>>
  #used = 0

  /** @throws RallyError('track') for a data stream, which takes new documents only */
  constructor(options: ConflictingLinesOptions) {
    if (options.isDataStream) {
      throw new RallyError('track', `conflicts cannot be generated for [${options.target}]: a data stream takes new documents only`)
    }
    this.#options = options
    const head = (action: string): string => `{"${action}": {"_index": "${options.target}", "_id": "`
    this.#heads = { index: head('index'), update: head('update') }
  }

  /** null: all ids are used up. */
  next(): ActionLine | null {
    const { conflicts, ids, idCount, random } = this.#options
    const probability = conflicts.probabilityPercent / 100
    if (probability > 0 && this.#used > 0 && random() <= probability) return this.#line(conflicts.onConflict, ids(this.#usedId()))
    if (this.#used >= idCount) return null
    return this.#line('index', ids(this.#used++))
  }

  /** Index of an id that is in use. */
  #usedId(): number {
    const { conflicts, random } = this.#options
    if (conflicts.recency === 0) return Math.floor(random() * this.#used)
    const age = Math.min(-Math.log(1 - random()) / (RECENCY_SLOPE * conflicts.recency), 1)
    return roundHalfEven((this.#used - 1) * (1 - age))
  }

  #line(action: 'index' | 'update', id: number): ActionLine {
    return { action, line: `${this.#heads[action]}${String(id).padStart(ID_DIGITS, '0')}"}}\n` }
  }
}
