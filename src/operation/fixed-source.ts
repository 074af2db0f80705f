// A source that gives the same parameters for ever: nothing is made per request.

import type { ParamSource, RequestParams } from './operation.ts'

export function fixedSource(params: RequestParams): ParamSource {
  const frozen = Object.freeze(params)
  return {
    infinite: true,
    expectedWeight: 1,
    next: () => frozen,
    percentCompleted: () => null,
    close: () => {}
  }
}
