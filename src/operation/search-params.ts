// Parameters of the search operations, as Elastic Rally's SearchParamSource makes them.

import { RallyError } from '../core/errors.ts'
import type { JsonObject, JsonValue } from '../core/json.ts'
import type { Operation, Track } from '../track/track.ts'
import { clientParams, given, truthy } from './python-values.ts'

export function searchParams(operation: Operation, track: Track): JsonObject {
  const { params, name } = operation
  if (truthy(params['data-stream']) && truthy(params['type'])) {
    throw new RallyError('track', `'type' not supported with 'data-stream' for operation '${name}'`)
  }
  const target = searchTarget(params, track)
  if (!truthy(target)) throw new RallyError('track', `'index' or 'data-stream' is mandatory and is missing for operation '${name}'`)
  const detailed = given(params, 'detailed-results', false)
  if ('assertions' in params && !truthy(detailed) && !truthy(params['pages'])) {
    throw new RallyError('track', 'The property [detailed-results] must be [true] if assertions are defined')
  }
  return {
    index: target,
    type: params['type'] ?? null,
    cache: params['cache'] ?? null,
    'detailed-results': detailed,
    'request-params': given(params, 'request-params', {}),
    'response-compression-enabled': given(params, 'response-compression-enabled', true),
    body: params['body'] ?? null,
    ...ifTruthy(params, 'pages'),
    ...ifTruthy(params, 'results-per-page'),
    ...ifTruthy(params, 'with-point-in-time-from'),
    ...('assertions' in params ? { assertions: params['assertions'] ?? null } : {}),
    ...clientParams(params)
  }
}

/** The index, else the data stream named, else the only index or only data stream of the track. */
export function searchTarget(params: Operation['params'], track: Track): JsonValue {
  if (truthy(params['index'])) return params['index'] ?? null
  if ('data-stream' in params) return params['data-stream'] ?? null
  if (track.indices.length === 1) return track.indices[0]?.name ?? null
  return track.dataStreams.length === 1 ? (track.dataStreams[0]?.name ?? null) : null
}

function ifTruthy(params: Operation['params'], key: string): JsonObject {
  return truthy(params[key]) ? { [key]: params[key] ?? null } : {}
}
