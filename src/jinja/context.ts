// The names a running template sees beyond its own variables, and its blocks.

import type { Output } from './output.ts'
import type { Value } from './python-values.ts'

export type RenderBlock = (context: Context, out: Output) => void

export class Context {
  readonly templateName: string | null
  /** Globals and what was handed in: never changed. */
  readonly parent: ReadonlyMap<string, Value>
  /** What the template itself set at its top level. */
  readonly vars = new Map<string, Value | undefined>()
  /** Of `vars`, what an importing template may use. */
  readonly exported = new Set<string>()
  /** Per block the renderers from the most derived template to the base. */
  readonly blocks = new Map<string, RenderBlock[]>()

  constructor(templateName: string | null, parent: ReadonlyMap<string, Value>, blocks: ReadonlyMap<string, RenderBlock>) {
    this.templateName = templateName
    this.parent = parent
    for (const [name, render] of blocks) this.blocks.set(name, [render])
  }

  /** The value, or JavaScript's undefined. */
  resolve(name: string): Value | undefined {
    return this.vars.has(name) ? this.vars.get(name) : this.parent.get(name)
  }

  all(): ReadonlyMap<string, Value> {
    if (this.vars.size === 0) return this.parent
    return merged(this.parent, this.vars)
  }

  /** The same template with more names. */
  derived(locals: ReadonlyMap<string, Value | undefined>): Context {
    const context = new Context(this.templateName, merged(this.all(), locals), new Map())
    for (const [name, renderers] of this.blocks) context.blocks.set(name, [...renderers])
    return context
  }
}

/** Both maps; what has no value is left out of the second one. */
export function merged(base: ReadonlyMap<string, Value>, more: ReadonlyMap<string, Value | undefined>): Map<string, Value> {
  const all = new Map(base)
  for (const [name, value] of more) if (value !== undefined) all.set(name, value)
  return all
}
