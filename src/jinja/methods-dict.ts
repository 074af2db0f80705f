// Methods of dict.

import { Dict, DictView } from './dict.ts'
import { itemsOf, listOf } from './iterate.ts'
import { pythonError, typeError, valueError } from './jinja-error.ts'
import { spendItems } from './limits.ts'
import { freeMethod, method, type Method } from './method.ts'
import { NO_KEYWORDS, PyObject, Tuple, type Arguments, type Keywords, type Value, isList } from './python-values.ts'
import { pythonRepr } from './python-repr.ts'

/** `dict(source, **keywords)` into `target`: a dict, or pairs. `name` is what TypeErrors call the function. */
export function updateDict(name: string, target: Dict, args: Arguments, keywords: Keywords): void {
  if (args.length > 1) throw typeError(`${name} expected at most 1 argument, got ${args.length}`)
  const [source] = args
  if (source instanceof Dict) for (const [key, value] of copyDict(source).entries()) target.set(key, value)
  else if (args.length === 1) addPairs(target, source)
  for (const [key, value] of keywords) target.set(key, value)
  spendItems(target.size)
}

function addPairs(target: Dict, source: Value): void {
  let position = 0
  for (const pair of itemsOf(source)) {
    if (!isIterable(pair)) throw typeError(`cannot convert dictionary update sequence element #${position} to a sequence`)
    const items = listOf(pair)
    if (items.length !== 2) {
      throw valueError(`dictionary update sequence element #${position} has length ${items.length}; 2 is required`)
    }
    target.set(items[0], items[1])
    position++
  }
}

function isIterable(value: Value): boolean {
  return typeof value === 'string' || isList(value) || value instanceof Tuple || value instanceof Dict || value instanceof PyObject
}

/** The `dict` of templates. */
export function makeDict(args: Arguments, keywords: Keywords): Dict {
  const dict = new Dict()
  updateDict('dict', dict, args, keywords)
  return dict
}

function getOr(dict: Dict, key: Value, fallback: Value): Value {
  const value = dict.get(key)
  return value === undefined ? fallback : value
}

function pop(dict: Dict, key: Value, fallback: Value | undefined): Value {
  const value = dict.get(key)
  if (value === undefined && fallback === undefined) throw pythonError('KeyError', pythonRepr(key))
  dict.delete(key)
  return value === undefined ? fallback : value
}

function popItem(dict: Dict): Tuple {
  const last = [...dict.entries()].at(-1)
  if (last === undefined) throw pythonError('KeyError', "'popitem(): dictionary is empty'")
  dict.delete(last[0])
  return new Tuple([last[0], last[1]])
}

function setDefault(dict: Dict, key: Value, fallback: Value): Value {
  const value = dict.get(key)
  if (value !== undefined) return value
  dict.set(key, fallback)
  return fallback
}

export function copyDict(dict: Dict): Dict {
  spendItems(dict.size)
  return Dict.from(dict.entries())
}

export function fromKeys(keys: Value, value: Value): Dict {
  const dict = new Dict()
  for (const key of itemsOf(keys)) dict.set(key, value)
  return dict
}

export const DICT_METHODS: ReadonlyMap<string, Method<Dict>> = new Map<string, Method<Dict>>([
  ['clear', method(0, 0, (dict) => (dict.clear(), null))],
  ['copy', method(0, 0, copyDict)],
  ['fromkeys', method(1, 2, (_dict, [keys, value]) => fromKeys(keys, value ?? null))],
  ['get', method(1, 2, (dict, [key, fallback]) => getOr(dict, key, fallback ?? null))],
  ['items', method(0, 0, (dict) => new DictView('dict_items', dict))],
  ['keys', method(0, 0, (dict) => new DictView('dict_keys', dict))],
  ['pop', method(1, 2, (dict, [key, fallback]) => pop(dict, key, fallback))],
  ['popitem', method(0, 0, popItem)],
  ['setdefault', method(1, 2, (dict, [key, fallback]) => setDefault(dict, key, fallback ?? null))],
  ['update', freeMethod((dict, args, keywords) => (updateDict('update', dict, args, keywords ?? NO_KEYWORDS), null))],
  ['values', method(0, 0, (dict) => new DictView('dict_values', dict))]
])
