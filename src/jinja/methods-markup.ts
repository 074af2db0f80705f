// Methods of Markup: str's, with arguments escaped and results safe again.

import { escapeMarkup } from './escape.ts'
import { listOf } from './iterate.ts'
import type { Method } from './method.ts'
import { TEXT_METHODS, joinTexts } from './methods-text.ts'
import { Markup, Tuple, type Value, isList } from './python-values.ts'

const ESCAPED_ARGUMENT: Readonly<Record<string, number>> = { replace: 1, ljust: 1, rjust: 1, center: 1 }

/** str's method of that name for a Markup, or null. */
export function markupMethod(name: string): Method<Markup> | null {
  const plain = TEXT_METHODS.get(name)
  if (plain === undefined) return null
  return {
    ...plain,
    run: (self, args, keywords) => {
      if (name === 'join') return new Markup(joinTexts(self.text, listOf(args[0]).map(escapeMarkup)))
      const position = ESCAPED_ARGUMENT[name]
      const escaped = args.map((arg, index) => (index === position && arg !== undefined ? escapeMarkup(arg) : arg))
      return safe(plain.run(self.text, escaped, keywords))
    }
  }
}

function safe(value: Value): Value {
  if (typeof value === 'string') return new Markup(value)
  if (isList(value)) return value.map(safe)
  return value instanceof Tuple ? new Tuple(value.items.map(safe)) : value
}
