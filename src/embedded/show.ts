// Values of requests as words.

/** A text as it is, anything else as JSON: `true`, `5`, `{"a":1}`. */
export function show(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'nothing')
}

/** `'a b c'` → `['a', 'b', 'c']`: long lists of names stay readable. */
export function words(text: string): string[] {
  return text.trim().split(/\s+/)
}
