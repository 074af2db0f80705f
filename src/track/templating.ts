// Stage two of templating, Jinja: what the track file and, less, index and template bodies may see.

import type { JsonObject } from '../core/json.ts'
import { pythonFloat } from '../core/python-number.ts'
import { declaredVariables } from '../jinja/declared.ts'
import { JinjaError, render } from '../jinja/render.ts'
import { textOf, type Value } from '../jinja/value.ts'
import { DATE_FILTERS } from './date-filters.ts'
import { FileProblem, type TrackFolder } from './file-text.ts'
import { glob } from './glob.ts'
import { HELPERS_NAME, HELPERS_TEMPLATE } from './helpers-template.ts'

/** Elastic Rally renders bodies without `now`, date filters and includes. */
export type TemplateKind = 'track' | 'body'

export interface Templating {
  /** `--track-params` */
  readonly params: JsonObject
  /** Of the cluster: `default`, `serverless` …; null: Python's None. */
  readonly buildFlavor: string | null
  readonly serverlessOperator: boolean
  /** Seconds since the epoch, for `now`. */
  readonly nowSeconds: number
}

/** Names that parameters cannot replace. */
export const RESERVED_NAMES: readonly string[] = ['build_flavor', 'glob', 'now', 'serverless_operator']

/** What a template got wrong; `template` is the included file, null the assembled text itself. */
export class TemplateProblem extends Error {
  readonly template: string | null
  readonly line: number | null
  constructor(message: string, template: string | null, line: number | null) {
    super(message)
    this.name = 'TemplateProblem'
    this.template = template
    this.line = line
  }
}

export interface SourceRequest {
  readonly kind: TemplateKind
  readonly folder: TrackFolder
  readonly templating: Templating
  /** Changes the text of an included file before it is used. */
  readonly changeIncluded?: (file: string, text: string) => string
}

/** Throws TemplateProblem. */
export function renderSource(source: string, request: SourceRequest): string {
  const { kind, folder, templating } = request
  const own = { build_flavor: templating.buildFlavor, serverless_operator: templating.serverlessOperator }
  const ofTrack = { now: pythonFloat(templating.nowSeconds), glob: (args: readonly Value[]) => relativeGlob(folder, args) }
  return guarded(() =>
    render(source, {
      globals: { ...templating.params, ...own, ...(kind === 'track' ? ofTrack : {}) },
      filters: kind === 'track' ? DATE_FILTERS : {},
      load: (name) => (name === HELPERS_NAME ? HELPERS_TEMPLATE : kind === 'track' ? included(name, request) : noInclude(name))
    })
  )
}

/** Names a source takes from outside, Jinja's and Rally's own left out. Throws TemplateProblem for a syntax error. */
export function declaredIn(source: string): ReadonlySet<string> {
  return guarded(() => declaredVariables(source, { globals: RESERVED_NAMES, filters: Object.keys(DATE_FILTERS) }))
}

function guarded<T>(run: () => T): T {
  try {
    return run()
  } catch (error) {
    if (error instanceof JinjaError) throw new TemplateProblem(error.message, error.template, error.line)
    throw error
  }
}

/** As Jinja's file loader: below the track's folder, `.` and empty parts dropped, `..` never followed. */
function included(name: string, { folder, changeIncluded }: SourceRequest): string {
  const parts = name.split('/').filter((part) => part !== '' && part !== '.')
  if (parts.includes('..')) throw new JinjaError('not-found', `[${name}] is a file outside the track's folder`)
  const file = parts.join('/')
  try {
    const text = folder.read(file)
    return changeIncluded === undefined ? text : changeIncluded(file, text)
  } catch (error) {
    if (!(error instanceof FileProblem)) throw error
    throw new JinjaError('not-found', error.reason === 'missing' ? `there is no template [${name}]` : error.message)
  }
}

function noInclude(name: string): never {
  throw new JinjaError('not-found', `[${name}] cannot be included: bodies of indices and templates may only import [${HELPERS_NAME}]`)
}

function relativeGlob(folder: TrackFolder, args: readonly Value[]): string[] {
  const pattern = textOf(args[0])
  if (pattern === null || args.length > 1) throw new JinjaError('runtime', 'glob() takes a pattern', { type: 'TypeError' })
  try {
    return glob(folder, pattern).map((path) => folder.nameOf(path))
  } catch (error) {
    throw error instanceof FileProblem ? new JinjaError('runtime', `glob: ${error.message}`, { type: 'OSError' }) : error
  }
}
