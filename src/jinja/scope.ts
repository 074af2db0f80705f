// Where variables live: every template, block, macro and recursive loop is a function with numbered variables; inner
// functions see those of the outer ones.

import type { Context } from './context.ts'
import type { Output } from './output.ts'
import type { Value } from './python-values.ts'

/** A running function. A variable that has no value yet, or no longer, is JavaScript's undefined. */
export interface Activation {
  readonly variables: (Value | undefined)[]
  readonly outer: Activation | null
  readonly context: Context
  /** The template that the running one extends, once it has said so. */
  readonly inheritance: { parent: ParentTemplate | null }
}

export interface ParentTemplate {
  readonly renderRoot: (context: Context, out: Output) => void
}

export type Evaluate = (activation: Activation) => Value
export type Execute = (activation: Activation, out: Output) => void

/** The variables of a function, known before it runs. */
export class FunctionScope {
  readonly outer: FunctionScope | null
  readonly #slots = new Map<string, number>()

  constructor(outer: FunctionScope | null) {
    this.outer = outer
  }

  declare(variable: string): number {
    const known = this.#slots.get(variable)
    if (known !== undefined) return known
    this.#slots.set(variable, this.#slots.size)
    return this.#slots.size - 1
  }

  #find(variable: string, hops = 0): { hops: number; slot: number } {
    const slot = this.#slots.get(variable)
    if (slot !== undefined) return { hops, slot }
    if (this.outer === null) throw new Error(`variable ${variable} is unknown to the function`)
    return this.outer.#find(variable, hops + 1)
  }

  reader(variable: string): (activation: Activation) => Value | undefined {
    const { hops, slot } = this.#find(variable)
    if (hops === 0) return (activation) => activation.variables[slot]
    return (activation) => outward(activation, hops).variables[slot]
  }

  writer(variable: string): (activation: Activation, value: Value | undefined) => void {
    const { hops, slot } = this.#find(variable)
    return (activation, value) => {
      outward(activation, hops).variables[slot] = value
    }
  }
}

function outward(activation: Activation, hops: number): Activation {
  let current = activation
  for (let i = 0; i < hops; i++) current = current.outer ?? current
  return current
}

export function activate(context: Context, outer: Activation | null): Activation {
  return { variables: [], outer, context, inheritance: outer?.inheritance ?? { parent: null } }
}
