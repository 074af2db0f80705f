// Which variable a name means: each frame (template, loop, macro, `with` …) has a table of the names it uses, made
// before anything runs. The rules are Jinja's own, quirks included: they decide what leaks out of an `if` and not out of a `for`.

export type Load =
  | { readonly kind: 'parameter' }
  | { readonly kind: 'resolve'; readonly name: string }
  | { readonly kind: 'alias'; readonly variable: string }
  | { readonly kind: 'undefined' }

export class Symbols {
  readonly level: number
  readonly parent: Symbols | null
  /** Name → variable. */
  refs = new Map<string, string>()
  /** Variable → how it begins. */
  loads = new Map<string, Load>()
  stores = new Set<string>()

  constructor(parent: Symbols | null) {
    this.parent = parent
    this.level = parent === null ? 0 : parent.level + 1
  }

  copy(): Symbols {
    const copy = new Symbols(this.parent)
    copy.refs = new Map(this.refs)
    copy.loads = new Map(this.loads)
    copy.stores = new Set(this.stores)
    return copy
  }

  #define(name: string, load: Load): string {
    const variable = `${this.level}:${name}`
    this.refs.set(name, variable)
    this.loads.set(variable, load)
    return variable
  }

  findRef(name: string): string | null {
    return this.refs.get(name) ?? this.parent?.findRef(name) ?? null
  }

  ref(name: string): string {
    const variable = this.findRef(name)
    if (variable === null) throw new Error(`name ${name} is unknown to the frame`)
    return variable
  }

  store(name: string): void {
    this.stores.add(name)
    if (this.refs.has(name)) return
    const outer = this.parent?.findRef(name) ?? null
    this.#define(name, outer === null ? { kind: 'undefined' } : { kind: 'alias', variable: outer })
  }

  declareParameter(name: string): string {
    this.stores.add(name)
    return this.#define(name, { kind: 'parameter' })
  }

  load(name: string): void {
    if (this.findRef(name) === null) this.#define(name, { kind: 'resolve', name })
  }

  /** Takes over what the branches of an `if` did; a name that only some of them set keeps its old value in the others. */
  mergeBranches(branches: readonly Symbols[]): void {
    const stored = new Set<string>()
    for (const branch of branches) for (const name of branch.stores) if (!this.stores.has(name)) stored.add(name)
    for (const branch of branches) {
      for (const [name, variable] of branch.refs) this.refs.set(name, variable)
      for (const [variable, load] of branch.loads) this.loads.set(variable, load)
      for (const name of branch.stores) this.stores.add(name)
    }
    for (const name of stored) {
      const outer = this.parent?.findRef(name) ?? null
      this.loads.set(this.ref(name), outer === null ? { kind: 'resolve', name } : { kind: 'alias', variable: outer })
    }
  }

  /** All names set here or further out, with their variables: what an included template sees. */
  allStores(): Map<string, string> {
    const all = this.parent?.allStores() ?? new Map<string, string>()
    for (const name of this.stores) all.set(name, this.ref(name))
    return all
  }
}
