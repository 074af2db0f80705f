import { limitError, MAX_CHARACTERS, spendText } from './limits.ts'

/** Text on its way out. */
export class Output {
  text = ''
  write(text: string): void {
    this.text += text
    spendText(text.length)
    if (this.text.length > MAX_CHARACTERS) throw limitError(`an output of more than ${MAX_CHARACTERS} characters`)
  }
}
