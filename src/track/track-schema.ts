// The format of a track as data: which values Elastic Rally's JSON schema (track version 2) allows where. Keys that are not
// listed are allowed everywhere and are passed on.

export type Rule =
  | { readonly type: 'text'; readonly oneOf?: readonly string[] }
  | { readonly type: 'integer'; readonly minimum?: number; readonly maximum?: number }
  | { readonly type: 'number'; readonly minimum?: number }
  | { readonly type: 'boolean' }
  /** A number ≥ 0 or a text such as `10 docs/s`. */
  | { readonly type: 'throughput' }
  | { readonly type: 'list'; readonly items?: Rule; readonly minItems?: number; readonly unique?: boolean }
  | ObjectRule
  | { readonly type: 'any' }

export interface ObjectRule {
  readonly type: 'object'
  readonly keys?: Readonly<Record<string, Rule>>
  readonly required?: readonly string[]
  /** Keys that have a meaning without a rule in the schema: for nearest words only. */
  readonly alsoKnown?: readonly string[]
}

const text: Rule = { type: 'text' }
const flag: Rule = { type: 'boolean' }
const any: Rule = { type: 'any' }
const meta: Rule = { type: 'object' }
const atLeast = (minimum: number): Rule => ({ type: 'integer', minimum })
const listOf = (items: Rule): Rule => ({ type: 'list', items, minItems: 1, unique: true })

const periods = {
  clients: atLeast(1),
  'warmup-iterations': atLeast(0),
  iterations: atLeast(1),
  'ramp-up-time-period': atLeast(0),
  'warmup-time-period': atLeast(0),
  'time-period': atLeast(1)
}

const taskKeys = {
  name: text,
  operation: any,
  meta,
  ...periods,
  'target-throughput': { type: 'throughput' },
  'target-interval': { type: 'number', minimum: 0 }
} as const

const parallelTask: ObjectRule = {
  type: 'object',
  keys: { ...taskKeys, schedule: text, 'ignore-response-error-level': text, 'run-on-serverless': flag },
  required: ['operation'],
  alsoKnown: ['tags']
}

const parallel: ObjectRule = {
  type: 'object',
  keys: { ...periods, 'completed-by': text, tasks: { type: 'list', minItems: 1, items: parallelTask } },
  required: ['tasks']
}

const schedule: Rule = {
  type: 'list',
  minItems: 1,
  items: {
    type: 'object',
    keys: { parallel, ...taskKeys },
    alsoKnown: ['schedule', 'tags', 'ignore-response-error-level', 'run-on-serverless']
  }
}

const challenge: ObjectRule = {
  type: 'object',
  keys: { name: text, default: flag, meta, description: text, 'cluster-settings': { type: 'object' }, schedule },
  required: ['name', 'schedule'],
  alsoKnown: ['user-info', 'parameters']
}

const documentDefaults = {
  'base-url': text,
  'source-format': text,
  'includes-action-and-meta-data': flag,
  'target-index': text,
  'target-type': text,
  meta
}

const document: ObjectRule = {
  type: 'object',
  keys: {
    ...documentDefaults,
    'source-file': text,
    'document-count': atLeast(1),
    'compressed-bytes': atLeast(1),
    'uncompressed-bytes': atLeast(1)
  },
  required: ['source-file'],
  alsoKnown: ['target-data-stream']
}

const corpus: ObjectRule = {
  type: 'object',
  keys: { ...documentDefaults, name: text, 'target-data-stream': text, documents: listOf(document) },
  required: ['name', 'documents']
}

const operation: ObjectRule = {
  type: 'object',
  keys: {
    name: text,
    meta,
    'operation-type': text,
    'request-timeout': { type: 'number', minimum: 0 },
    'bulk-size': atLeast(1),
    pipeline: text,
    conflicts: { type: 'text', oneOf: ['sequential', 'random'] },
    clients: { type: 'object', keys: { count: { type: 'integer', minimum: 1, maximum: 1024 }, compression: flag }, required: ['count'] },
    cache: flag,
    index: text,
    type: text,
    pages: atLeast(1),
    'results-per-page': atLeast(1),
    body: { type: 'object' },
    mode: { type: 'text', oneOf: ['blocking', 'polling'] },
    'poll-period': atLeast(1)
  },
  required: ['name', 'operation-type']
}

const template = { name: text, template: text }
const matching = { 'index-pattern': text, 'delete-matching-indices': flag }

export const TRACK_RULE: ObjectRule = {
  type: 'object',
  keys: {
    description: text,
    version: atLeast(1),
    meta,
    'component-templates': listOf({ type: 'object', keys: { ...template, 'template-path': text }, required: ['name', 'template'] }),
    'composable-templates': listOf({
      type: 'object',
      keys: { ...template, ...matching, 'template-path': text },
      required: ['name', 'index-pattern', 'template']
    }),
    templates: listOf({
      type: 'object',
      keys: { ...template, ...matching },
      required: ['name', 'index-pattern', 'template'],
      alsoKnown: ['template-path']
    }),
    indices: listOf({
      type: 'object',
      keys: { name: text, types: { type: 'list', minItems: 1, unique: true } },
      required: ['name'],
      alsoKnown: ['body']
    }),
    'data-streams': listOf({ type: 'object', keys: { name: text }, required: ['name'] }),
    corpora: listOf(corpus),
    operations: listOf(operation),
    challenges: listOf(challenge),
    dependencies: { type: 'list', minItems: 0, unique: true, items: text },
    challenge,
    schedule
  },
  alsoKnown: ['parameters']
}
