// The pass in front of cac: what Elastic Rally's argparse takes and cac does not (shortened flags, aliases, values that look
// like numbers, exclusions), every word checked against the table, every mistake kept. Out comes a line that cac reads as is.

import { closestMatch, didYouMean } from '../core/close-match.ts'
import type { ArgumentSpec, CommandSpec } from './command.ts'
import { COMMON_FLAGS, type Flag } from './flag.ts'

export interface Arguments {
  readonly spec: CommandSpec
  readonly wantsHelp: boolean
  readonly argument: string | null
  readonly operand: string | null
  /** By full name; the last one counts. A switch is `true` or `false`. */
  readonly given: ReadonlyMap<string, string>
  /** What is wrong, in the order of the line. */
  readonly problems: readonly string[]
}

/** No command was given: what then? */
export interface NoCommand {
  readonly spec: null
  readonly wantsHelp: boolean
  readonly wantsVersion: boolean
  readonly problems: readonly string[]
}

export function readArguments(line: readonly string[], commands: readonly CommandSpec[]): Arguments | NoCommand {
  const at = commandIndex(line)
  const name = line[at]
  if (name === undefined) return withoutCommand(line)
  const spec = commands.find((command) => command.name === name)
  const asked = { wantsHelp: false, wantsVersion: false }
  if (spec === undefined) return { spec: null, ...asked, problems: [`unknown command [${name}]${didYouMean(name, servedNames(commands))}`] }
  if (spec.state === 'later') return { spec: null, ...asked, problems: [`rally ${name} is not supported yet`] }
  return readFlags(spec, [...line.slice(0, at), ...line.slice(at + 1)])
}

const servedNames = (commands: readonly CommandSpec[]): string[] =>
  commands.filter(({ state }) => state === 'served').map((command) => command.name)

/** In front of the command only flags of every command may stand. */
function commandIndex(line: readonly string[]): number {
  let at = 0
  while (at < line.length && line[at]!.startsWith('-')) {
    const [name, value] = split(line[at]!)
    const flag = COMMON_FLAGS.find((one) => one.name === name)
    at += flag !== undefined && takesValue(flag) && value === null ? 2 : 1
  }
  return at
}

function withoutCommand(line: readonly string[]): NoCommand {
  const known = ['help', 'version']
  const names = line.map((word) => (word === '-h' ? 'help' : split(word)[0]))
  const wanted = { wantsHelp: line.length === 0 || names.includes('help'), wantsVersion: names.includes('version') }
  const problems = names
    .filter((name) => !known.includes(name))
    .map((name) => {
      if (COMMON_FLAGS.some((flag) => flag.name === name)) return `a command is missing beside --${name}`
      return `unknown flag --${name}${didYouMean(name, known)}`
    })
  return { spec: null, ...wanted, problems }
}

function readFlags(spec: CommandSpec, line: readonly string[]): Arguments {
  const problems: string[] = []
  const given = new Map<string, string>()
  const words: string[] = []
  let wantsHelp = false
  for (let at = 0; at < line.length; at++) {
    const word = line[at]!
    if (word === '--') {
      words.push(...line.slice(at + 1))
      break
    }
    if (word === '-h') wantsHelp = true
    else if (!word.startsWith('-') || word === '-') words.push(word)
    else at += readFlag(spec, line.slice(at), { given, problems })
  }
  wantsHelp ||= given.delete('help')
  const argument = argumentOf(spec, words, problems)
  const operand = operandOf(spec, words, argument, problems)
  problems.push(...exclusions(spec, given))
  // A misspelt flag may be the very one that is missing.
  if (!problems.some((problem) => problem.startsWith('unknown flag'))) problems.push(...missing(spec, given))
  return { spec, wantsHelp, argument, operand, given, problems }
}

interface Found {
  readonly given: Map<string, string>
  readonly problems: string[]
}

/** Reads the flag that `rest` begins with; gives the number of words taken besides it. */
function readFlag(spec: CommandSpec, rest: readonly string[], { given, problems }: Found): number {
  const [typed, value] = split(rest[0]!)
  const found = findFlag(spec.flags, typed)
  if ('problem' in found) {
    problems.push(found.problem)
    return 0
  }
  const { flag, isNegated } = found
  const label = `--${isNegated ? 'no-' : ''}${flag.name}`
  if (flag.state === 'later') {
    problems.push(`${label} is not supported yet`)
    return takesValue(flag) && value === null && isValue(rest[1]) ? 1 : 0
  }
  if (!takesValue(flag)) {
    if (value !== null) problems.push(`${label} takes no value, but has "${value}"`)
    given.set(flag.name, String(!isNegated))
    return 0
  }
  if (value === null && !isValue(rest[1])) {
    problems.push(`${label} needs a value`)
    return 0
  }
  const text = value ?? rest[1]!
  // Scripts say `--challenge=$CHALLENGE`: nothing is as good as no flag.
  if (text === '') given.delete(flag.name)
  else given.set(flag.name, text)
  return value === null ? 1 : 0
}

type FoundFlag = { readonly flag: Flag; readonly isNegated: boolean } | { readonly problem: string }

/** By its full name, an alias, or the beginning of one that no other flag shares. */
function findFlag(flags: readonly Flag[], typed: string): FoundFlag {
  const names = flags.flatMap((flag) => [
    ...[flag.name, ...flag.aliases].map((name) => ({ name, flag, isNegated: false })),
    ...(flag.kind === 'pair' ? [{ name: `no-${flag.name}`, flag, isNegated: true }] : [])
  ])
  const exact = names.find(({ name }) => name === typed)
  if (exact !== undefined) return exact
  const begun = typed === '' ? [] : names.filter(({ name }) => name.startsWith(typed))
  const elastic = begun.filter(({ flag }) => flag.origin === 'elastic')
  const candidates = elastic.length > 0 ? elastic : begun
  const first = candidates[0]
  if (first === undefined) {
    const nearest = closestMatch(
      typed,
      names.filter(({ flag }) => flag.state === 'served').map(({ name }) => name)
    )
    return { problem: `unknown flag ${typed.length === 1 ? '-' : '--'}${typed}${nearest === null ? '' : `, did you mean --${nearest}?`}` }
  }
  if (candidates.every(({ flag, isNegated }) => flag === first.flag && isNegated === first.isNegated)) return first
  return { problem: `--${typed} is ambiguous: it may be ${candidates.map(({ name }) => `--${name}`).join(' or ')}` }
}

/** `--name=value` → name and value; `--name` and `-n` → name and null. */
function split(word: string): [name: string, value: string | null] {
  const equals = word.indexOf('=')
  const name = word.slice(0, equals === -1 ? undefined : equals).replace(/^--?/, '')
  return [name, equals === -1 ? null : word.slice(equals + 1)]
}

function takesValue(flag: Flag): boolean {
  return flag.kind !== 'switch' && flag.kind !== 'pair'
}

/** A word that begins with a dash is a flag, unless it is a number. */
function isValue(word: string | undefined): boolean {
  return word !== undefined && (!word.startsWith('-') || word === '-' || /^-\d*\.?\d+$/.test(word))
}

function argumentOf(spec: CommandSpec, words: readonly string[], problems: string[]): string | null {
  const count = spec.argument === null ? 0 : wordCount(spec.argument)
  const extra = words.slice(count + (spec.operand === null ? 0 : 1))
  if (extra.length > 0) problems.push(`unexpected ${extra.map((one) => `"${one}"`).join(', ')}`)
  if (spec.argument === null) return null
  const { choices, laterChoices } = spec.argument
  const given = words.slice(0, count).join(' ')
  if (given === '') problems.push(`the ${count === 1 ? 'word' : 'words'} after [${spec.name}] ${count === 1 ? 'is' : 'are'} missing: ${Object.keys(choices).join(', ')}`)
  else if (laterChoices.includes(given)) problems.push(`rally ${spec.name} ${given} is not supported yet`)
  else if (!Object.hasOwn(choices, given)) problems.push(`rally ${spec.name} has no [${given}]${didYouMean(given, Object.keys(choices)) || `: there is ${Object.keys(choices).join(', ')}`}`)
  return given === '' ? null : given
}

function operandOf({ name, operand, ...spec }: CommandSpec, words: readonly string[], argument: string | null, problems: string[]): string | null {
  if (operand === null || argument === null) return null
  const given = words[spec.argument === null ? 0 : wordCount(spec.argument)] ?? null
  if (given === null && !operand.optionalFor.includes(argument)) problems.push(`${operand.name} is missing: rally ${name} ${argument} ${operand.name}`)
  return given
}

/** Of each choice. */
function wordCount({ choices }: ArgumentSpec): number {
  return Object.keys(choices)[0]?.split(' ').length ?? 1
}

function exclusions(spec: CommandSpec, given: ReadonlyMap<string, string>): string[] {
  return spec.exclusive
    .map((names) => names.filter((name) => given.has(name)))
    .filter((names) => names.length > 1)
    .map(([first, ...others]) => `--${first} is not allowed with ${others.map((name) => `--${name}`).join(', ')}`)
}

function missing(spec: CommandSpec, given: ReadonlyMap<string, string>): string[] {
  return spec.required
    .filter((names) => !names.some((name) => given.has(name)))
    .map((names) => `${names.map((name) => `--${name}`).join(' or ')} is required`)
}
