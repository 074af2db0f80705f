// A source that gives the same parameters for ever: nothing is made per request.

import type { ParamSource, RequestParams } from './operation.ts'

/** @param expectedWeight work of each request; null: only its answer tells */
export function fixedSource(params: RequestParams, expectedWeight: number | null = 1): ParamSource {
  const frozen = Object.freeze(params)
  return {
    infinite: true,
    expectedWeight,
    next: () => frozen,
    percentCompleted: () => null,
    close: () => {}
  }
}
