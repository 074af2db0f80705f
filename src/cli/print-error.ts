// An error → what a person reads, and the exit code.

import { messageOf, RallyError, systemCode } from '../core/errors.ts'
import type { Output } from './output.ts'

export interface ErrorPlace {
  /** `race`; null: no command was understood. */
  readonly command: string | null
  /** What stands in front of the error: `Cannot race: `. */
  readonly prefix: string
  /** Where more is written; null: nowhere. */
  readonly logFile: string | null
}

export const NO_COMMAND: ErrorPlace = { command: null, prefix: '', logFile: null }

/** Says what is wrong, where, and what to do next; gives the exit code. */
export function printError(output: Output, error: unknown, place: ErrorPlace): number {
  if (!(error instanceof RallyError)) return printBug(output, error, place)
  if (error.kind === 'cancelled') {
    // No mistake: said in Elastic Rally's words.
    output.errorDetail(`[INFO] Aborted ${place.command ?? 'rally'}. ${messageOf(error)}`)
    return error.exitCode
  }
  output.error(`${error.kind === 'invalid' ? 'The race is invalid: ' : place.prefix}${messageOf(error)}`)
  for (const problem of error.problems) output.errorDetail(`  - ${problem}`)
  if (error.hint !== '') output.errorDetail(`Hint: ${hintFor(error, place.command)}`)
  if (error.kind !== 'usage' && place.logFile !== null) output.errorDetail(`Log: ${place.logFile}`)
  return error.exitCode
}

function hintFor(error: RallyError, command: string | null): string {
  return error.kind === 'usage' && error.hint === USAGE_HINT ? `run \`rally ${command === null ? '' : `${command} `}--help\`` : error.hint
}
const USAGE_HINT = new RallyError('usage', '').hint

function printBug(output: Output, error: unknown, { logFile, prefix }: ErrorPlace): number {
  const code = systemCode(error)
  if (code === 'EMFILE' || code === 'ENFILE') {
    // Met where no request is: Node.js opens some hundred files of a program at once.
    output.error(`${prefix}${code === 'EMFILE' ? 'this process' : 'this machine'} may not open another file (${messageOf(error)})`)
    output.errorDetail('Hint: raise the limit of open files: `ulimit -n 65536`')
    return 64
  }
  output.error(`this is a bug in Rally: ${messageOf(error)}`)
  output.errorDetail(error instanceof Error ? (error.stack ?? '') : String(error))
  output.errorDetail(`Hint: please report it with the lines above${logFile === null ? '' : ` and the log file ${logFile}`}`)
  return 1
}
