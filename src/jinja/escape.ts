// Markupsafe's escaping.

import { spendText } from './limits.ts'
import { Markup, type Value } from './python-values.ts'
import { pythonText } from './python-repr.ts'

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '>': '&gt;', '<': '&lt;', "'": '&#39;', '"': '&#34;' }

export function escapeText(text: string): string {
  spendText(text.length)
  return text.replace(/[&><'"]/g, (char) => ENTITIES[char] ?? char)
}

/** The value as safe HTML text: escaped, unless it is Markup already. */
export function escapeMarkup(value: Value): string {
  return value instanceof Markup ? value.text : escapeText(pythonText(value))
}
