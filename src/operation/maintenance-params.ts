// Parameters of force-merge, downsample and sleep.

import { RallyError } from '../core/errors.ts'
import { numberOf, type JsonObject } from '../core/json.ts'
import type { Operation, Track } from '../track/track.ts'
import { clientParams, given, shown, truthy } from './python-values.ts'
import { searchTarget } from './search-params.ts'

/** Everything the track declares, unless an index or data stream is named; `request-params` are dropped. */
export function forceMergeParams({ params }: Operation, track: Track): JsonObject {
  const declared = [...track.indices, ...track.dataStreams].map(({ name }) => name).join(',')
  const fallback = 'data-stream' in params ? (params['data-stream'] ?? null) : declared === '' ? '_all' : declared
  return {
    index: truthy(params['index']) ? (params['index'] ?? null) : fallback,
    'max-num-segments': params['max-num-segments'] ?? null,
    mode: given(params, 'mode', 'blocking'),
    'poll-period': given(params, 'poll-period', 10),
    ...clientParams(params)
  }
}

export function downsampleParams({ params }: Operation, track: Track): JsonObject {
  const interval = given(params, 'fixed-interval', '1h')
  const source = searchTarget({ ...params, index: params['source-index'] ?? null }, track)
  return {
    'fixed-interval': interval,
    'source-index': source,
    'target-index': given(params, 'target-index', `${shown(source)}-${shown(interval)}`),
    ...(truthy(params['sampling-method']) ? { 'sampling-method': params['sampling-method'] ?? null } : {}),
    ...clientParams(params)
  }
}

export function sleepParams({ params }: Operation): JsonObject {
  if (!('duration' in params)) throw new RallyError('track', "parameter 'duration' is mandatory for sleep operation")
  const { duration } = params
  // Python's True is the number 1.
  const seconds = typeof duration === 'boolean' ? Number(duration) : numberOf(duration)
  if (seconds === null) throw new RallyError('track', "parameter 'duration' for sleep operation must be a number")
  if (seconds < 0) throw new RallyError('track', `parameter 'duration' must be non-negative but was ${seconds}`)
  return params
}
