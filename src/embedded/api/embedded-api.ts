// `_embedded`: the node's own switches, for those who calibrate with it.

import { systemClock } from '../../core/clock.ts'
import { illegalArgument } from '../api-error.ts'
import { answer, type ApiAnswer, type ApiRequest } from '../http/api-request.ts'
import type { Calibration } from '../http/embedded-server.ts'
import type { Route } from '../http/router.ts'

export function embeddedRoutes(calibration: Calibration): Route[] {
  return [
    { methods: ['GET'], path: '/_embedded/truth', params: [], handler: () => showTruth(calibration) },
    { methods: ['DELETE'], path: '/_embedded/truth', params: [], handler: () => clearTruth(calibration) },
    { methods: ['POST'], path: '/_embedded/stall', params: ['for'], handler: (request) => stall(calibration, request) }
  ]
}

function showTruth({ truth }: Calibration): ApiAnswer {
  return { status: 200, body: truth.toText(), contentType: 'application/x-ndjson' }
}

function clearTruth({ truth }: Calibration): ApiAnswer {
  truth.clear()
  return answer({ acknowledged: true })
}

function stall({ timetable, deadlines }: Calibration, { params }: ApiRequest): ApiAnswer {
  const forMs = params.timeMs('for', 0)
  if (!(forMs > 0)) throw illegalArgument('[for] must be a time above 0, as in ?for=1400ms')
  deadlines.moveAll(timetable.stall(systemClock.monotonicMs(), forMs))
  return answer({ acknowledged: true })
}
