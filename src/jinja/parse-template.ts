// Template text → statements.

import type { Statement } from './ast.ts'
import { tokenize } from './lexer.ts'
import { ParseContext } from './parse-context.ts'
import { STATEMENT_PARSERS } from './parse-statements.ts'
import { TokenStream } from './token-stream.ts'

/** The statements of a template; throws JinjaError with Jinja's message and the line. */
export function parseTemplate(source: string, name: string | null): Statement[] {
  return new ParseContext(new TokenStream(tokenize(source, name), name), STATEMENT_PARSERS).body(null)
}
