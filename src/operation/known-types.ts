// Which operations a race cannot run, and why: most built-in types of Elastic Rally are still to come.

import { didYouMean } from '../core/close-match.ts'
import { BUILT_IN_TYPES } from '../track/operation-types.ts'
import type { Operation } from '../track/track.ts'
import { operationType } from './registry.ts'

/** Sources that a track may name though they are built in. */
const BUILT_IN_SOURCES: ReadonlySet<string> = new Set(['file-reader'])

/** Why a race cannot run this operation, or null if it can. */
export function whyNotServed({ type, paramSource }: Operation): string | null {
  if (operationType(type) === null) {
    if (BUILT_IN_TYPES.has(type)) return `operation type [${type}] is not supported yet`
    return `operation type [${type}] is unknown${didYouMean(type, BUILT_IN_TYPES.keys())} (types of a track's own code are not supported yet)`
  }
  if (paramSource === null || BUILT_IN_SOURCES.has(paramSource)) return null
  return `param source [${paramSource}] of the track's own code is not supported yet`
}
