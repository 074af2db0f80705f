// What goes wrong in a template, in Jinja's and Python's words.

/** `syntax`: found before rendering; `undefined`: a missing value was used; `not-found`: no such template. */
export type JinjaErrorKind = 'syntax' | 'undefined' | 'runtime' | 'not-found'

export interface JinjaErrorPlace {
  /** Name of Python's exception class, as Elastic Rally's users see it. */
  readonly type?: string
  readonly template?: string | null
  /** Counted from 1. */
  readonly line?: number | null
}

const DEFAULT_TYPES: Readonly<Record<JinjaErrorKind, string>> = {
  syntax: 'TemplateSyntaxError',
  undefined: 'UndefinedError',
  runtime: 'TemplateRuntimeError',
  'not-found': 'TemplateNotFound'
}

export class JinjaError extends Error {
  readonly kind: JinjaErrorKind
  readonly type: string
  /** Name and line of the innermost template at fault; null until known, and for a template without a name. */
  template: string | null
  line: number | null

  constructor(kind: JinjaErrorKind, message: string, place: JinjaErrorPlace = {}) {
    super(message)
    this.name = 'JinjaError'
    this.kind = kind
    this.type = place.type ?? DEFAULT_TYPES[kind]
    this.template = place.template ?? null
    this.line = place.line ?? null
  }
}

/** An error of Python's own: TypeError, ValueError, ZeroDivisionError … */
export function pythonError(type: string, message: string): JinjaError {
  return new JinjaError('runtime', message, { type })
}

export function typeError(message: string): JinjaError {
  return pythonError('TypeError', message)
}

export function valueError(message: string): JinjaError {
  return pythonError('ValueError', message)
}

/** The error with the place of the statement that raised it, unless an inner one is known already. */
export function located(error: unknown, template: string | null, line: number): unknown {
  if (error instanceof RangeError && /call stack/i.test(error.message)) {
    return located(pythonError('RecursionError', 'maximum recursion depth exceeded'), template, line)
  }
  if (error instanceof JinjaError && error.line === null) {
    error.template = template
    error.line = line
  }
  return error
}
