// The text of a flag → its value.

import { homedir } from 'node:os'
import { clientOptions, DEFAULT_CLIENT_OPTIONS } from '../config/client-options.ts'
import { isRaceId } from '../config/directories.ts'
import { parseHost } from '../config/host-text.ts'
import { loadDriverHosts } from '../config/load-driver-hosts.ts'
import { targetHosts } from '../config/target-hosts.ts'
import { keyValues, textList } from '../config/value-grammar.ts'
import { RallyError } from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import { isIpAddress, isNodeId } from '../protocol/node-address.ts'
import type { NumbersAlign } from '../report/table.ts'
import type { Flag, ValueKind } from './flag.ts'
import type { REPORT_FORMATS } from './race-flags.ts'

type ReportFormat = (typeof REPORT_FORMATS)[number]

/** By the full name of the flag; those not given are missing. */
export type FlagValues = ReadonlyMap<string, unknown>

/** Throws RallyError('usage') without the name of the flag. */
export function readValue(flag: Flag, given: string): unknown {
  if (flag.laterChoices.includes(given)) throw new RallyError('usage', `"${given}" is not supported yet`)
  if (flag.choices !== null && !flag.choices.includes(given)) {
    throw new RallyError('usage', `"${given}" is none of ${flag.choices.join(', ')}`)
  }
  return READERS[flag.kind](given)
}

const READERS: Readonly<Record<ValueKind, (text: string) => unknown>> = {
  switch: (text) => text === 'true',
  pair: (text) => text === 'true',
  text: (text) => text.trim(),
  path: (text) => {
    if (text.includes('\0')) throw new RallyError('usage', 'a path holds no zero byte')
    // A shell leaves the tilde of --flag=~/x alone.
    return text.startsWith('~/') ? homedir() + text.slice(1) : text
  },
  list: (text) => textList(text),
  map: (text) => keyValues(text),
  hosts: (text) => targetHosts(text),
  'load-drivers': (text) => loadDriverHosts(text),
  // Kept as text: which clusters they are for is known with --target-hosts only. Reading shows what is wrong with them.
  options: (text) => {
    clientOptions(text, null)
    return text
  },
  count: (text) => {
    if (!/^\d+$/.test(text) || !Number.isSafeInteger(Number(text))) throw new RallyError('usage', `"${text}" is not a whole number`)
    return Number(text)
  },
  date: dateOf,
  'race-id': (text) => {
    if (!isRaceId(text)) throw new RallyError('usage', `"${text}" cannot name a folder: letters, digits, dots, dashes and underscores only`)
    return text
  },
  'node-name': (text) => {
    if (!isNodeId(text)) throw new RallyError('usage', `"${text}" cannot be a node's name: 1 to 128 letters, digits and signs, no spaces`)
    return text
  },
  ip: (text) => {
    if (!isIpAddress(text)) throw new RallyError('usage', `"${text}" is no IP address`)
    return text
  },
  address: addressOf,
  port: portOf
}

/** A host, and a port if one is given. */
function addressOf(text: string): { readonly host: string; readonly port: number | null } {
  if (isIpAddress(text)) return { host: text, port: null }
  const { host, port, urlScheme, path, auth } = parseHost(text)
  if (host === null || urlScheme !== null || path !== '' || auth !== null)
    throw new RallyError('usage', `"${text}" is no address: give IP or IP:PORT`)
  return { host, port }
}

function portOf(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : 0
  if (port < 1 || port > 65_535) throw new RallyError('usage', `"${text}" is no port: 1 to 65535`)
  return port
}

/** `20260131`, a day that exists. */
function dateOf(text: string): string {
  const [, year, month, day] = /^(\d{4})(\d{2})(\d{2})$/.exec(text) ?? []
  const date = new Date(Date.UTC(Number(year), Number(month) - 1, Number(day)))
  if (year === undefined || date.getUTCMonth() !== Number(month) - 1)
    throw new RallyError('usage', `"${text}" is no day of the form yyyyMMdd`)
  return text
}

export function isOn(flags: FlagValues, name: string): boolean {
  return flags.get(name) === true
}

export function textOf(flags: FlagValues, name: string): string | null {
  const value = flags.get(name)
  return typeof value === 'string' && value !== '' ? value : null
}

export function listOf(flags: FlagValues, name: string): readonly string[] | null {
  return (flags.get(name) as readonly string[] | undefined) ?? null
}

export function mapOf(flags: FlagValues, name: string): JsonObject {
  return (flags.get(name) as JsonObject | undefined) ?? {}
}

export function countOf(flags: FlagValues, name: string, fallback: number): number {
  return (flags.get(name) as number | undefined) ?? fallback
}

export function clientOptionsText(flags: FlagValues): string {
  return textOf(flags, 'client-options') ?? DEFAULT_CLIENT_OPTIONS
}

export function reportFormatOf(flags: FlagValues): ReportFormat {
  return (textOf(flags, 'report-format') ?? 'markdown') as ReportFormat
}

export function numbersAlignOf(flags: FlagValues): NumbersAlign {
  return (textOf(flags, 'report-numbers-align') ?? 'decimal') as NumbersAlign
}
