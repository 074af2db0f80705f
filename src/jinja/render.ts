// The one seam of the template engine: Jinja2's language with Python's values.

/** What a template may see and do; nothing else is reachable from it. */
export interface RenderOptions {
  /** Names visible in every template, imported and included ones too. JSON values or Jinja values. */
  readonly globals: Readonly<Record<string, unknown>>
  /** Source of an imported or included template, or null: Jinja's TemplateNotFound. Absent: none can be loaded. */
  readonly load?: (name: string) => string | null
  /** Filters and tests besides Jinja's own, by name. */
  readonly filters?: Readonly<Record<string, JinjaFunction>>
  readonly tests?: Readonly<Record<string, JinjaFunction>>
}

/** Positional arguments (the piped value first) and keyword arguments, as Jinja values. */
export type JinjaFunction = (args: readonly unknown[], keywords: ReadonlyMap<string, unknown>) => unknown
