// `operations` and what a task's `operation` says, a name or an inline definition.

import { didYouMean } from '../core/close-match.ts'
import { isObject, numberOf, type JsonObject, type JsonValue } from '../core/json.ts'
import type { DocumentPath } from './document-path.ts'
import { shown, slipOf } from './mistake.ts'
import { BUILT_IN_TYPES } from './operation-types.ts'
import { looseText, member, objectAt, objectsAt, textAt, type Findings } from './reading.ts'
import type { Operation } from './track.ts'

export interface OperationReader {
  /** The operation of a task, or null after reporting why there is none. */
  read(spec: JsonValue | undefined, path: DocumentPath, challenge: string): Operation | null
}

/**
 * Reads the defined operations.
 * @param ownTypes whether the track's own code may register types: then an unknown one is no slip.
 */
export function operationReader(document: JsonObject, ownTypes: boolean, findings: Findings): OperationReader {
  const defined = new Map<string, Operation>()
  const warned = new Set<string>()
  const warnUnknown = (type: string, path: DocumentPath, fact: string): void => {
    if (ownTypes || BUILT_IN_TYPES.has(type) || warned.has(type)) return
    warned.add(type)
    findings.warn(path, `${fact}${didYouMean(type, [...defined.keys(), ...BUILT_IN_TYPES.keys()])}`)
  }
  const checkType = (operation: Operation, path: DocumentPath): Operation => {
    warnUnknown(operation.type, [...path, 'operation-type'], `[${operation.type}] is no operation type that Rally knows`)
    return operation
  }
  const specs = objectsAt(document, 'operations').filter(
    ([, spec]) => textAt(spec, 'name') !== null && textAt(spec, 'operation-type') !== null
  )
  for (const [i, spec] of specs) {
    const operation = operationOf(spec)
    if (defined.has(operation.name)) findings.mistake(['operations', i, 'name'], `there is an operation [${operation.name}] already`)
    else defined.set(operation.name, operation)
  }
  for (const [i, spec] of specs) checkType(operationOf(spec), ['operations', i])
  return {
    read(spec, path, challenge) {
      if (typeof spec === 'string') {
        const known = defined.get(spec)
        if (known !== undefined) return known
        warnUnknown(spec, path, `[${spec}] is neither defined in [operations] nor an operation type that Rally knows`)
        return bareOperation(spec)
      }
      if (!isObject(spec)) {
        findings.mistake(path, `must be the name of an operation or an object but is ${shown(spec)}`)
        return null
      }
      if (!Object.hasOwn(spec, 'operation-type')) {
        const slip = slipOf('operation-type', spec)
        findings.mistake(path, `[operation-type] is missing in the inline operation of challenge [${challenge}]: ${shown(spec)}${slip}`)
        return null
      }
      const name = member(spec, 'name')
      if (typeof name === 'object' && name !== null && numberOf(name) === null) {
        findings.mistake([...path, 'name'], `the name of an operation must be a text but is ${shown(name)}`)
        return null
      }
      return checkType(operationOf(spec), path)
    }
  }
}

function bareOperation(name: string): Operation {
  return { name, type: name, paramSource: null, meta: {}, params: withReporting({}, name) }
}

function operationOf(spec: JsonObject): Operation {
  const type = looseText(member(spec, 'operation-type')) ?? 'null'
  return {
    name: looseText(member(spec, 'name')) ?? type,
    type,
    paramSource: looseText(member(spec, 'param-source')),
    meta: objectAt(spec, 'meta'),
    params: withReporting(spec, type)
  }
}

/** Administrative operations are left out of the report unless the track says otherwise. */
function withReporting(params: JsonObject, type: string): JsonObject {
  const facts = BUILT_IN_TYPES.get(type)
  if (facts === undefined || Object.hasOwn(params, 'include-in-reporting')) return params
  return { ...params, 'include-in-reporting': !facts.isAdmin }
}
