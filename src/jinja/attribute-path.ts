// `attribute='a.b.0'` of filters.

import { lookUpItem } from './attributes.ts'
import { Undefined, textOf, type Value } from './python-values.ts'

type Getter = (item: Value) => Value

/** Strings in lower case, anything else as it is. */
export function ignoreCase(value: Value): Value {
  return textOf(value)?.toLowerCase() ?? value
}

function partsOf(attribute: Value): Value[] {
  if (attribute === null) return []
  const text = textOf(attribute)
  return text === null ? [attribute] : text.split('.').map((part) => (/^\p{Nd}+$/u.test(part) ? Number(part) : part))
}

/** Looks up the attribute of an item, by its dotted path; null: the item itself. */
export function attributeGetter(attribute: Value, after: Getter = (value) => value, fallback: Value = null): Getter {
  const parts = partsOf(attribute)
  return (item) => {
    let value = item
    for (const part of parts) {
      value = lookUpItem(value, part)
      if (fallback !== null && value instanceof Undefined) value = fallback
    }
    return after(value)
  }
}

/** As `attributeGetter` for several paths with commas between: a list of values. */
export function attributesGetter(attribute: Value, after: Getter = (value) => value): Getter {
  const text = textOf(attribute)
  const getters = (text === null ? [attribute] : text.split(',')).map((path) => attributeGetter(path, after))
  return (item) => getters.map((getter) => getter(item))
}
