// Filters that apply another filter or a test to each item: map, select, reject, selectattr, rejectattr.

import { attributeGetter } from './attribute-path.ts'
import type { Builtin, Environment } from './environment.ts'
import { itemsOf } from './iterate.ts'
import { pythonError, typeError } from './jinja-error.ts'
import { Generator, Undefined, textOf, type Arguments, type Keywords, type Value } from './python-values.ts'
import { pythonRepr } from './python-repr.ts'
import { isTrue } from './truth.ts'

function find(kind: 'filter' | 'test', name: Value, environment: Environment): Builtin {
  const text = textOf(name)
  const found = text === null ? undefined : (kind === 'filter' ? environment.filters : environment.tests).get(text)
  if (found !== undefined) return found
  const message = `No ${kind} named ${pythonRepr(name)}.`
  const hint = name instanceof Undefined ? ` (${name.message}; did you forget to quote the callable name?)` : ''
  throw pythonError('TemplateRuntimeError', message + hint)
}

function argumentError(message: string): Error {
  return pythonError('FilterArgumentError', message)
}

function mapper(args: Arguments, keywords: Keywords, environment: Environment): (item: Value) => Value {
  if (args.length === 0 && keywords.has('attribute')) {
    const unexpected = [...keywords.keys()].find((name) => name !== 'attribute' && name !== 'default')
    if (unexpected !== undefined) throw argumentError(`Unexpected keyword argument ${pythonRepr(unexpected)}`)
    return attributeGetter(keywords.get('attribute'), undefined, keywords.get('default') ?? null)
  }
  if (args.length === 0) throw argumentError('map requires a filter argument')
  const [name, ...rest] = args
  return (item) => find('filter', name, environment)([item, ...rest], keywords, environment)
}

const map: Builtin = (args, keywords, environment) => {
  const [items, ...rest] = requireValue('sync_do_map', args)
  return new Generator(mapped())

  function* mapped(): Iterator<Value> {
    if (!isTrue(items)) return
    const apply = mapper(rest, keywords, environment)
    for (const item of itemsOf(items)) yield apply(item)
  }
}

function tester(args: Arguments, keywords: Keywords, environment: Environment, byAttribute: boolean): (item: Value) => boolean {
  if (byAttribute && args.length === 0) throw argumentError('Missing parameter for attribute name')
  const get = byAttribute ? attributeGetter(args[0]) : (item: Value): Value => item
  const [name, ...rest] = byAttribute ? args.slice(1) : args
  if (name === undefined) return (item) => isTrue(get(item))
  return (item) => isTrue(find('test', name, environment)([get(item), ...rest], keywords, environment))
}

function selector(function_: string, keeps: boolean, byAttribute: boolean): Builtin {
  return (args, keywords, environment) => {
    const [items, ...rest] = requireValue(function_, args)
    return new Generator(selected())

    function* selected(): Iterator<Value> {
      if (!isTrue(items)) return
      const test = tester(rest, keywords, environment, byAttribute)
      for (const item of itemsOf(items)) if (test(item) === keeps) yield item
    }
  }
}

function requireValue(function_: string, args: Arguments): Arguments {
  if (args.length === 0) throw typeError(`${function_}() missing 1 required positional argument: 'value'`)
  return args
}

export const SELECT_FILTERS: ReadonlyMap<string, Builtin> = new Map<string, Builtin>([
  ['map', map],
  ['select', selector('sync_do_select', true, false)],
  ['reject', selector('sync_do_reject', false, false)],
  ['selectattr', selector('sync_do_selectattr', true, true)],
  ['rejectattr', selector('sync_do_rejectattr', false, true)]
])
