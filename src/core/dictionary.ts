// Objects whose keys are names that people or servers chose: `constructor` and `__proto__` are names like any other.

/** One to be filled by assignment: without a prototype, so that every key is its own. */
export function emptyDictionary<T>(): Record<string, T> {
  return Object.create(null) as Record<string, T>
}

/** What the dictionary itself holds under a name: never what objects have by nature. */
export function entryOf<T>(dictionary: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(dictionary, name) ? dictionary[name] : undefined
}
