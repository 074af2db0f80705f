// The nodes of a parsed template; kinds are named as in Jinja, whose messages show them.

import type { BinaryOperator } from './arithmetic.ts'
import type { Value } from './python-values.ts'

interface At {
  readonly line: number
}

export interface Name extends At {
  readonly kind: 'Name'
  readonly name: string
  /** `param`: a parameter of a macro, a target of `with`. */
  context: 'load' | 'store' | 'param'
}
/** `{% set namespace.attribute = … %}` */
export interface NamespaceReference extends At {
  readonly kind: 'NSRef'
  readonly name: string
  readonly attribute: string
}
export interface Const extends At {
  readonly kind: 'Const'
  readonly value: Value
}
export interface Sequence extends At {
  readonly kind: 'Tuple' | 'List'
  readonly items: readonly Expression[]
}
export interface DictLiteral extends At {
  readonly kind: 'Dict'
  readonly items: readonly (readonly [key: Expression, value: Expression])[]
}
export interface CondExpr extends At {
  readonly kind: 'CondExpr'
  readonly test: Expression
  readonly value: Expression
  readonly otherwise: Expression | null
}
export interface Binary extends At {
  readonly kind: 'Binary'
  readonly operator: BinaryOperator
  readonly left: Expression
  readonly right: Expression
}
export interface Logical extends At {
  readonly kind: 'And' | 'Or'
  readonly left: Expression
  readonly right: Expression
}
export interface Unary extends At {
  readonly kind: 'Not' | 'Neg' | 'Pos'
  readonly operand: Expression
}
export type CompareOperator = 'eq' | 'ne' | 'lt' | 'lteq' | 'gt' | 'gteq' | 'in' | 'notin'
export interface Compare extends At {
  readonly kind: 'Compare'
  readonly first: Expression
  readonly rest: readonly { readonly operator: CompareOperator; readonly operand: Expression }[]
}
export interface Concat extends At {
  readonly kind: 'Concat'
  readonly parts: readonly Expression[]
}
export interface Getattr extends At {
  readonly kind: 'Getattr'
  readonly target: Expression
  readonly name: string
}
export interface Getitem extends At {
  readonly kind: 'Getitem'
  readonly target: Expression
  readonly key: Expression
}
export interface Slice extends At {
  readonly kind: 'Slice'
  readonly start: Expression | null
  readonly stop: Expression | null
  readonly step: Expression | null
}
export interface CallArguments {
  readonly args: readonly Expression[]
  readonly keywords: readonly { readonly name: string; readonly value: Expression }[]
  readonly moreArgs: Expression | null
  readonly moreKeywords: Expression | null
}
export interface Call extends At, CallArguments {
  readonly kind: 'Call'
  readonly target: Expression
}
export interface Filter extends At, CallArguments {
  readonly kind: 'Filter'
  /** Null: the text of the block the filter is for. */
  readonly target: Expression | null
  readonly name: string
}
export interface Test extends At, CallArguments {
  readonly kind: 'Test'
  readonly target: Expression
  readonly name: string
}

export type Expression =
  | Name
  | NamespaceReference
  | Const
  | Sequence
  | DictLiteral
  | CondExpr
  | Binary
  | Logical
  | Unary
  | Compare
  | Concat
  | Getattr
  | Getitem
  | Slice
  | Call
  | Filter
  | Test

export interface TemplateData extends At {
  readonly kind: 'TemplateData'
  readonly text: string
}
export interface Output extends At {
  readonly kind: 'Output'
  readonly parts: readonly (TemplateData | Expression)[]
}
export interface For extends At {
  readonly kind: 'For'
  readonly target: Expression
  readonly items: Expression
  readonly body: readonly Statement[]
  readonly otherwise: readonly Statement[]
  readonly test: Expression | null
  readonly recursive: boolean
}
export interface If extends At {
  readonly kind: 'If'
  readonly test: Expression
  readonly body: readonly Statement[]
  readonly elifs: readonly If[]
  readonly otherwise: readonly Statement[]
}
export interface Parameters {
  readonly params: readonly Name[]
  /** Of the last ones. */
  readonly defaults: readonly Expression[]
}
export interface Macro extends At, Parameters {
  readonly kind: 'Macro'
  readonly name: string
  readonly body: readonly Statement[]
}
export interface CallBlock extends At, Parameters {
  readonly kind: 'CallBlock'
  readonly call: Call
  readonly body: readonly Statement[]
}
export interface FilterBlock extends At {
  readonly kind: 'FilterBlock'
  readonly filter: Filter
  readonly body: readonly Statement[]
}
export interface With extends At {
  readonly kind: 'With'
  readonly targets: readonly Expression[]
  readonly values: readonly Expression[]
  readonly body: readonly Statement[]
}
export interface Block extends At {
  readonly kind: 'Block'
  readonly name: string
  readonly body: readonly Statement[]
  readonly scoped: boolean
  readonly required: boolean
}
export interface Extends extends At {
  readonly kind: 'Extends'
  readonly template: Expression
}
export interface Include extends At {
  readonly kind: 'Include'
  readonly template: Expression
  readonly ignoreMissing: boolean
  readonly withContext: boolean
}
export interface Import extends At {
  readonly kind: 'Import'
  readonly template: Expression
  readonly target: string
  readonly withContext: boolean
}
export interface FromImport extends At {
  readonly kind: 'FromImport'
  readonly template: Expression
  readonly names: readonly { readonly name: string; readonly alias: string }[]
  readonly withContext: boolean
}
export interface Assign extends At {
  readonly kind: 'Assign'
  readonly target: Expression
  readonly value: Expression
}
export interface AssignBlock extends At {
  readonly kind: 'AssignBlock'
  readonly target: Expression
  readonly filter: Filter | null
  readonly body: readonly Statement[]
}

export type Statement =
  | Output
  | For
  | If
  | Macro
  | CallBlock
  | FilterBlock
  | With
  | Block
  | Extends
  | Include
  | Import
  | FromImport
  | Assign
  | AssignBlock

export type Node = Statement | Expression | TemplateData
