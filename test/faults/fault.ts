// A fault, what is expected after it, and a row about what was found.

import { messageOf } from '../../src/core/errors.ts'
import { Fleet, type FleetSettings } from './fleet.ts'

export interface Outcome {
  /** In words: mostly the line that the user saw. */
  readonly what: string
  /** Of the race. */
  readonly code: number
  /** From the fault to the end of what it did. */
  readonly seconds: number
  readonly account: string
}

export interface Fault {
  readonly name: string
  readonly settings?: FleetSettings
  /** Makes it, and throws if what follows is not what is promised. */
  readonly make: (fleet: Fleet) => Promise<Outcome>
}

export type Row = { readonly name: string; readonly outcome: Outcome } | { readonly name: string; readonly error: string }

/** On a fleet of its own. */
export async function tryFault(fault: Fault): Promise<Row> {
  try {
    return { name: fault.name, outcome: await makeFault(fault) }
  } catch (error) {
    return { name: fault.name, error: messageOf(error) }
  }
}

export async function makeFault({ settings, make }: Fault): Promise<Outcome> {
  const fleet = await Fleet.open(settings)
  try {
    return await make(fleet)
  } finally {
    await fleet.close()
  }
}

export const TABLE_HEAD = '| fault | exit | seconds | what was said | account of requests |\n|---|--:|--:|---|---|'

export function rowText(row: Row): string {
  if ('error' in row) return `| ${row.name} | **FAILED** | | ${oneLine(row.error)} | |`
  const { code, seconds, what, account } = row.outcome
  return `| ${row.name} | ${code} | ${seconds.toFixed(1)} | ${oneLine(what)} | ${account} |`
}

function oneLine(text: string): string {
  return text.replaceAll('|', '\\|').replaceAll(/\s*\n\s*/g, ' ⏎ ')
}
