// The operation types that a race can run.

import type { OperationType } from './operation.ts'
import { rawRequest } from './raw-request.ts'
import { search } from './search.ts'

const TYPES: readonly OperationType[] = [search, rawRequest]

const byName: ReadonlyMap<string, OperationType> = new Map(TYPES.map((type) => [type.name, type]))

/** The type of that name, or null: not one of ours, or not served yet (known-types tells which). */
export function operationType(name: string): OperationType | null {
  return byName.get(name) ?? null
}

/** All types that can run. */
export function operationTypes(): readonly OperationType[] {
  return TYPES
}
