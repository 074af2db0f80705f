// Help pages, made of the tables.

import type { CommandSpec } from './command.ts'
import type { Flag } from './flag.ts'

const NARROWEST = 60

export function overviewHelp(commands: readonly CommandSpec[], width: number): string {
  const served = commands.filter(({ state }) => state === 'served')
  const names = commands.filter(({ state }) => state === 'later').map(({ name }) => name)
  return [
    'Rally measures Elasticsearch and OpenSearch clusters.',
    '',
    'Usage: rally <command> [flags]',
    '',
    ...columns(
      'Commands:',
      served.map(({ name, summary }) => [name, summary]),
      width
    ),
    '',
    ...columns(
      'Flags:',
      [
        ['--version', 'show the version'],
        ['--help', 'show this page; also behind every command']
      ],
      width
    ),
    '',
    ...columns(
      'Examples:',
      served.flatMap(({ examples }) => examples.slice(0, 1)).map((example) => [example, '']),
      width
    ),
    '',
    ...wrap(`Known, but not supported yet: ${names.join(', ')}.`, width)
  ].join('\n')
}

export function commandHelp(spec: CommandSpec, width: number): string {
  const operand = spec.operand === null ? '' : ` ${spec.operand.optionalFor.length === 0 ? spec.operand.name : `[${spec.operand.name}]`}`
  const argument = spec.argument === null ? '' : ` <${spec.argument.name}>${operand}`
  const served = spec.flags.filter(({ state }) => state === 'served')
  const laterNames = spec.flags.filter(({ state }) => state === 'later').map(({ name }) => `--${name}`)
  const parts: string[][] = [[`rally ${spec.name}: ${spec.summary}`], [`Usage: rally ${spec.name}${argument} [flags]`]]
  if (spec.argument !== null) parts.push(columns(`<${spec.argument.name}> is one of:`, Object.entries(spec.argument.choices), width))
  for (const name of new Set(served.map((flag) => flag.group))) {
    parts.push(
      columns(
        `${name}:`,
        served.filter((flag) => flag.group === name).map((flag) => describe(flag, spec)),
        width
      )
    )
  }
  const needed = spec.required.map((names) => names.map((name) => `--${name}`).join(' or '))
  if (needed.length > 0) parts.push(wrap(`Required: ${needed.join('; ')}.`, width))
  const excluded = spec.exclusive.map((names) => names.map((name) => `--${name}`).join(' or '))
  if (excluded.length > 0) parts.push(wrap(`Only one of: ${excluded.join('; ')}.`, width))
  if (laterNames.length > 0) parts.push(wrap(`Known, but not supported yet: ${laterNames.join(', ')}.`, width))
  parts.push(
    columns(
      'Examples:',
      spec.examples.map((example) => [example, '']),
      width
    )
  )
  return parts.map((lines) => lines.join('\n')).join('\n\n')
}

function describe(flag: Flag, spec: CommandSpec): [string, string] {
  const names =
    flag.kind === 'pair' ? `--${flag.name}, --no-${flag.name}` : [flag.name, ...flag.aliases].map((name) => `--${name}`).join(', ')
  const facts: string[] = []
  if (flag.choices !== null && flag.choices.length > 1) facts.push(`one of: ${flag.choices.join(', ')}`)
  if (flag.choices?.length === 1) facts.push(`only: ${flag.choices[0]!}`)
  if (flag.fallback !== null) facts.push(`default: ${flag.fallback}`)
  if (flag.name === 'quiet' && spec.isQuiet) facts.push('on by default')
  return [
    `${names}${flag.valueName === '' ? '' : `=${flag.valueName}`}`,
    facts.length === 0 ? flag.help : `${flag.help} (${facts.join('; ')})`
  ]
}

/** A heading and two columns; the right one is wrapped to the width, or stands below where the left one is long. */
function columns(heading: string, rows: readonly (readonly [string, string])[], width: number): string[] {
  const left = Math.min(34, Math.max(0, ...rows.map(([name]) => name.length)))
  const lines = rows.flatMap(([name, text]) => {
    if (text === '') return [`  ${name}`]
    const [first = '', ...more] = wrap(text, Math.max(width, NARROWEST) - left - 4)
    const indented = more.map((line) => ' '.repeat(left + 4) + line)
    if (name.length > left) return [`  ${name}`, ' '.repeat(left + 4) + first, ...indented]
    return [`  ${name.padEnd(left)}  ${first}`, ...indented]
  })
  return [heading, ...lines]
}

function wrap(text: string, width: number): string[] {
  const lines: string[] = []
  let line = ''
  for (const word of text.split(' ')) {
    if (line !== '' && line.length + 1 + word.length > width) {
      lines.push(line)
      line = word
    } else line = line === '' ? word : `${line} ${word}`
  }
  return [...lines, line]
}
