// Compiling: what is known about the place a node stands in.

import type { Statement } from './ast.ts'
import type { Environment } from './environment.ts'
import type { Activation, Execute, FunctionScope } from './scope.ts'
import { Symbols, type Load } from './symbols.ts'
import type { Value } from './python-values.ts'

export class Frame {
  symbols: Symbols
  /** The template's own level, `if`s included: what is set there is exported. */
  isTopLevel = false
  isLoop = false
  isBlock = false
  /** In an `if`: unknown filters and tests are an error only when they are reached. */
  isSoft = false
  /** Text outside of blocks is dropped once the template extends another one. */
  checksOutput = false

  constructor(symbols: Symbols) {
    this.symbols = symbols
  }

  inner(): Frame {
    const frame = new Frame(new Symbols(this.symbols))
    frame.checksOutput = this.checksOutput
    return frame
  }

  soft(): Frame {
    const frame = new Frame(this.symbols.copy())
    frame.isTopLevel = this.isTopLevel
    frame.isLoop = this.isLoop
    frame.isBlock = this.isBlock
    frame.checksOutput = this.checksOutput
    frame.isSoft = true
    return frame
  }
}

/** The state of compiling one template. */
export interface Compiler {
  readonly environment: Environment
  readonly templateName: string | null
  /** The function whose variables are being numbered. */
  scope: FunctionScope
  /** Names looked up from outside of the template. */
  readonly undeclared: Set<string>
  /** Names assigned by the `set` being compiled, innermost last. */
  readonly assigned: Set<string>[]
  readonly compileBody: (body: readonly Statement[], frame: Frame) => Execute
}

/** Compiles within a function of its own. */
export function withScope<T>(compiler: Compiler, scope: FunctionScope, compile: () => T): T {
  const outer = compiler.scope
  compiler.scope = scope
  try {
    return compile()
  } finally {
    compiler.scope = outer
  }
}

type Initialize = (activation: Activation) => void

/** Numbers the frame's variables, and returns what gives them their first values each time the frame is entered. */
export function enterFrame(compiler: Compiler, frame: Frame): Initialize {
  const { scope } = compiler
  const steps: Initialize[] = []
  for (const variable of frame.symbols.loads.keys()) scope.declare(variable)
  for (const [variable, load] of frame.symbols.loads) {
    if (load.kind === 'resolve') compiler.undeclared.add(load.name)
    const step = initializer(compiler, variable, load)
    if (step !== null) steps.push(step)
  }
  return (activation) => {
    for (const step of steps) step(activation)
  }
}

function initializer({ scope }: Compiler, variable: string, load: Load): Initialize | null {
  if (load.kind === 'parameter') return null
  const write = scope.writer(variable)
  if (load.kind === 'undefined') return (activation) => write(activation, undefined)
  if (load.kind === 'resolve') return (activation) => write(activation, activation.context.resolve(load.name))
  const read = scope.reader(load.variable)
  return (activation) => write(activation, read(activation))
}

/** Takes the frame's variables their values, for functions that outlive it. */
export function leaveFrame(compiler: Compiler, frame: Frame): Initialize {
  const writers = [...frame.symbols.loads.keys()].map((variable) => compiler.scope.writer(variable))
  return (activation) => {
    for (const write of writers) write(activation, undefined)
  }
}

/** The values of all names set so far, for a template that is included with context. */
export function localsOf(compiler: Compiler, frame: Frame): (activation: Activation) => Map<string, Value | undefined> {
  const readers = [...frame.symbols.allStores()].map(([name, variable]) => [name, compiler.scope.reader(variable)] as const)
  return (activation) => new Map(readers.map(([name, read]) => [name, read(activation)]))
}
