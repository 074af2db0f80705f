// Indices, data streams and templates, with the files that define them.

import type { JsonObject, JsonValue } from '../core/json.ts'
import { isObject } from '../core/json.ts'
import { didYouMean } from '../core/close-match.ts'
import type { DocumentPath } from './document-path.ts'
import { shown } from './mistake.ts'
import { isTruthy, member, objectsAt, textAt, type Findings } from './reading.ts'
import type { ComponentTemplate, DataStream, Index, IndexTemplate } from './track.ts'

/** The rendered content of a file of the track; null after reporting why there is none. `path` says who asks for it. */
export type ReadBody = (file: string, path: DocumentPath) => JsonValue | null

export interface IndexDefinitions {
  readonly indices: readonly Index[]
  /** The one document type of the one index, if both are so. */
  readonly soleType: string | null
  readonly dataStreams: readonly DataStream[]
  readonly templates: readonly IndexTemplate[]
  readonly composableTemplates: readonly IndexTemplate[]
  readonly componentTemplates: readonly ComponentTemplate[]
}

export function readIndexDefinitions(document: JsonObject, readBody: ReadBody, findings: Findings): IndexDefinitions {
  const named = objectsAt(document, 'indices').flatMap(([i, spec]) => {
    const name = textAt(spec, 'name')
    return name === null ? [] : [{ index: { name, body: indexBody(spec, ['indices', i, 'body'], readBody, findings) }, spec }]
  })
  const dataStreams = objectsAt(document, 'data-streams').flatMap(([, spec]) => {
    const name = textAt(spec, 'name')
    return name === null ? [] : [{ name }]
  })
  if (named.length > 0 && dataStreams.length > 0)
    findings.mistake(['data-streams'], 'a track may declare [indices] or [data-streams], but not both')
  const types = named.length === 1 ? member(named[0]?.spec ?? {}, 'types') : undefined
  const content = contentReader(readBody, findings)
  return {
    indices: named.map(({ index }) => index),
    soleType: Array.isArray(types) && types.length === 1 && typeof types[0] === 'string' ? types[0] : null,
    dataStreams,
    templates: readIndexTemplates(document, 'templates', content),
    composableTemplates: readIndexTemplates(document, 'composable-templates', content),
    componentTemplates: objectsAt(document, 'component-templates').flatMap(([i, spec]) => {
      const name = textAt(spec, 'name')
      return name === null ? [] : [{ name, content: content(spec, ['component-templates', i]) }]
    })
  }
}

function indexBody(spec: JsonObject, path: DocumentPath, readBody: ReadBody, findings: Findings): JsonObject {
  const file = member(spec, 'body')
  if (file === undefined || !isTruthy(file)) return {}
  if (typeof file !== 'string') {
    findings.mistake(path, `must be the name of a file but is ${shown(file)}`)
    return {}
  }
  return asObject(readBody(file, path), path, file, findings)
}

type ReadContent = (spec: JsonObject, path: DocumentPath) => JsonObject

function readIndexTemplates(document: JsonObject, key: string, content: ReadContent): IndexTemplate[] {
  return objectsAt(document, key).flatMap(([i, spec]) => {
    const name = textAt(spec, 'name')
    if (name === null) return []
    const deleteMatchingIndices = member(spec, 'delete-matching-indices') !== false
    return [{ name, pattern: textAt(spec, 'index-pattern') ?? '', content: content(spec, [key, i]), deleteMatchingIndices }]
  })
}

/** Reads the file `template`, and of it what `template-path` names: keys with dots between them. */
function contentReader(readBody: ReadBody, findings: Findings): ReadContent {
  return (spec, path) => {
    const file = textAt(spec, 'template')
    if (file === null) return {}
    const keys = member(spec, 'template-path') ?? ''
    if (typeof keys !== 'string') {
      // Of component and composable templates the schema has said so already.
      if (path[0] === 'templates') findings.mistake([...path, 'template-path'], `must be a text but is ${shown(keys)}`)
      return {}
    }
    let content = readBody(file, [...path, 'template'])
    if (content === null) return {}
    for (const key of keys === '' ? [] : keys.split('.')) {
      const inner: JsonValue | undefined = isObject(content) ? member(content, key) : undefined
      if (inner === undefined) {
        const hint = isObject(content) ? didYouMean(key, Object.keys(content)) : ''
        findings.mistake([...path, 'template-path'], `[${keys}] leads nowhere in [${file}]: there is no [${key}]${hint}`)
        return {}
      }
      content = inner
    }
    return asObject(content, path, file, findings)
  }
}

/** Elastic Rally takes anything and leaves it to the server to refuse; so do we, but say so. */
function asObject(content: JsonValue | null, path: DocumentPath, file: string, findings: Findings): JsonObject {
  if (content === null || isObject(content)) return content ?? {}
  findings.warn(path, `[${file}] should hold an object but holds ${shown(content)}`)
  return content as unknown as JsonObject
}
