// Which templates an operation creates or deletes: those it defines itself, else those the track declares.

import { RallyError } from '../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'
import type { IndexTemplate, Operation, Track } from '../track/track.ts'
import { deletion, withSettings } from './index-params.ts'
import { given, shown, truthy } from './python-values.ts'

interface Declared {
  readonly name: string
  readonly content: JsonObject
}

/** `templates`: pairs of name and body; the legacy kind of template. */
export function createIndexTemplateParams({ params }: Operation, track: Track): JsonObject {
  const templates =
    track.templates.length === 0
      ? [inline(params) ?? missing("properties 'template' and 'body' for the create-index-template operation")]
      : selected(track.templates, params).map(({ name, content }) => [
          name,
          truthy(content) ? withSettings(content, params['settings']) : content
        ])
  return { ...params, templates, 'request-params': given(params, 'request-params', {}) }
}

export function createComposableTemplateParams(operation: Operation, track: Track): JsonObject {
  return createTemplates(operation, track.composableTemplates)
}

export function createComponentTemplateParams(operation: Operation, track: Track): JsonObject {
  return createTemplates(operation, track.componentTemplates)
}

/** Only `templates` and `request-params`: Elastic Rally drops all else, the retries too. */
function createTemplates({ params, type }: Operation, declared: readonly Declared[]): JsonObject {
  return { templates: composed(params, type, declared), 'request-params': given(params, 'request-params', {}) }
}

function composed(params: JsonObject, type: string, declared: readonly Declared[]): JsonValue[] {
  const own = inline(params)
  if (own !== null) return [own]
  if (declared.length === 0) {
    missing(`properties 'template' and 'body' for the ${type} operation or declare composable and/or component templates in the track`)
  }
  const chosen = selected(declared, params)
  if (chosen.length === 0) {
    const names = declared.map(({ name }) => name).join(', ')
    throw new RallyError('track', `Unknown template: ${shown(params['template'])}. Available templates: ${names}.`)
  }
  return chosen.map(({ name, content }) => [name, withTemplateSettings(content, params['settings'])])
}

function withTemplateSettings(content: JsonObject, settings: JsonValue | undefined): JsonObject {
  if (!truthy(content) || !isObject(settings) || !truthy(settings)) return content
  const template = isObject(content['template']) ? content['template'] : {}
  return { ...content, template: { ...template, settings: merged(template['settings'] ?? {}, settings) } }
}

function merged(base: JsonValue, over: JsonValue): JsonValue {
  if (!isObject(base) || !isObject(over)) return over
  const result: Record<string, JsonValue> = { ...base }
  for (const [key, value] of Object.entries(over)) {
    const old = base[key]
    result[key] = old === undefined ? value : merged(old, value)
  }
  return result
}

export function deleteIndexTemplateParams({ params, type }: Operation, track: Track): JsonObject {
  return { ...params, templates: deletions(params, type, track.templates), ...deletion(params) }
}

export function deleteComposableTemplateParams({ params, type }: Operation, track: Track): JsonObject {
  return { ...params, templates: deletions(params, type, track.composableTemplates), ...deletion(params) }
}

/** Triples of name, whether matching indices go too, and their pattern. */
function deletions(params: JsonObject, type: string, declared: readonly IndexTemplate[]): JsonValue[] {
  if (declared.length > 0) {
    return selected(declared, params).map(({ name, deleteMatchingIndices, pattern }) => [name, deleteMatchingIndices, pattern])
  }
  if (!('template' in params)) missing(`property 'template' for the ${type} operation`)
  const matching = given(params, 'delete-matching-indices', false)
  if (truthy(matching) && !('index-pattern' in params)) {
    throw new RallyError(
      'track',
      "The property 'index-pattern' is required for delete-index-template if 'delete-matching-indices' is true."
    )
  }
  return [[params['template'] ?? null, matching, truthy(matching) ? (params['index-pattern'] ?? null) : null]]
}

/** Only these three keys, as above. */
export function deleteComponentTemplateParams({ params }: Operation, track: Track): JsonObject {
  if (track.componentTemplates.length > 0) {
    return { templates: selected(track.componentTemplates, params).map(({ name }) => name), ...deletion(params) }
  }
  if (!('template' in params)) missing("property 'template' for the delete-component-template operation.")
  return { templates: [params['template'] ?? null], ...deletion(params) }
}

function selected<T extends { readonly name: string }>(declared: readonly T[], params: JsonObject): T[] {
  const wanted = params['template']
  return declared.filter(({ name }) => !truthy(wanted) || name === wanted)
}

function inline(params: JsonObject): JsonValue[] | null {
  return 'template' in params && 'body' in params ? [params['template'] ?? null, params['body'] ?? null] : null
}

function missing(what: string): never {
  throw new RallyError('track', `Please set the ${what}`)
}
