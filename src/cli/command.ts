// What a command is: its words, its flags, and the file that runs it.

import type { Config } from '../config/config.ts'
import type { Flag } from './flag.ts'
import type { FlagValues } from './flag-values.ts'
import type { Output } from './output.ts'

export interface CommandSpec {
  readonly name: string
  readonly summary: string
  /** The word, or the words, after the command, if it takes any. */
  readonly argument: ArgumentSpec | null
  /** A word of the user's own behind them. */
  readonly operand: OperandSpec | null
  readonly flags: readonly Flag[]
  /** No two of these together. */
  readonly exclusive: readonly (readonly string[])[]
  /** One of these at least, for each list. */
  readonly required: readonly (readonly string[])[]
  /** `later`: a command of Elastic Rally's, or one of ours that is still to come. */
  readonly state: 'served' | 'later'
  /** Elastic Rally's default for `--quiet`. */
  readonly isQuiet: boolean
  /** What stands in front of an error: `Cannot race: `. */
  readonly errorPrefix: string
  readonly examples: readonly string[]
}

export interface ArgumentSpec {
  readonly name: string
  /** By their words: `tracks`, `key create`; all of as many words. */
  readonly choices: Readonly<Record<string, string>>
  readonly laterChoices: readonly string[]
}

export interface OperandSpec {
  /** As help shows it: `RACE-ID`. */
  readonly name: string
  /** Choices of the argument that do without it. */
  readonly optionalFor: readonly string[]
}

/** What a running command may use. */
export interface CommandContext {
  readonly argument: string | null
  readonly operand: string | null
  readonly flags: FlagValues
  readonly output: Output
  /** Reads the configuration and shows its warnings. */
  readonly config: (needs: { readonly datastore: boolean }) => Config
  /** Aborted by the first Ctrl-C. */
  readonly signal: AbortSignal
  /** What stands in front of an error from now on. */
  readonly failsAs: (prefix: string) => void
  /** From now on what a signal does is the command's own affair. */
  readonly takeSignals: () => void
}

/** Resolves when done; what it throws ends the program with the error's exit code. */
export type Command = (context: CommandContext) => Promise<void>
