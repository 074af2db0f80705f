import { typeError } from './jinja-error.ts'
import { limitError, MAX_CHARACTERS, spendText } from './limits.ts'
import { textOf, type Value } from './python-values.ts'
import { typeName } from './type-name.ts'

/** Text on its way out. */
export class Output {
  text = ''
  write(text: string): void {
    this.text += text
    spendText(text.length)
    if (this.text.length > MAX_CHARACTERS) throw limitError(`an output of more than ${MAX_CHARACTERS} characters`)
  }
}

/** What a `filter` or `call` block gives: unlike in a print it must be a text already. */
export function requireOutput(value: Value): string {
  const text = textOf(value)
  if (text === null) throw typeError(`sequence item 0: expected str instance, ${typeName(value)} found`)
  return text
}
