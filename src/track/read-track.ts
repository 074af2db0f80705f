// A rendered document → the model, with everything that is wrong beyond the schema.

import type { JsonObject, JsonValue } from '../core/json.ts'
import { readChallenges } from './read-challenges.ts'
import { readCorpora } from './read-corpora.ts'
import { readIndexDefinitions, type ReadBody } from './read-indices.ts'
import { member, objectAt, textAt, type Findings } from './reading.ts'
import type { Track } from './track.ts'

export interface ReadOptions {
  readonly name: string
  /** The track's folder. Absolute. */
  readonly root: string
  readonly hasPlugins: boolean
  /** `--challenge` */
  readonly challenge: string | null
  readonly readBody: ReadBody
}

export function readTrack(document: JsonObject, options: ReadOptions, findings: Findings): Track {
  const { soleType, ...definitions } = readIndexDefinitions(document, options.readBody, findings)
  const { indices, dataStreams } = definitions
  const isWhole = indices.length === itemsAt(document, 'indices') && dataStreams.length === itemsAt(document, 'data-streams')
  const declared = { indices, dataStreams, soleType, isWhole }
  const dependencies = member(document, 'dependencies')
  return {
    name: options.name,
    description: textAt(document, 'description') ?? '',
    meta: objectAt(document, 'meta'),
    root: options.root,
    hasPlugins: options.hasPlugins,
    ...definitions,
    corpora: readCorpora(document, declared, findings),
    challenges: readChallenges(document, { selected: options.challenge, ownTypes: options.hasPlugins }, findings),
    dependencies: Array.isArray(dependencies)
      ? (dependencies as readonly JsonValue[]).filter((name): name is string => typeof name === 'string')
      : []
  }
}

/** NaN if it is no list: equal to no count then. */
function itemsAt(document: JsonObject, key: string): number {
  const value = member(document, key)
  return value === undefined ? 0 : Array.isArray(value) ? value.length : Number.NaN
}
