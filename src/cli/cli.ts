// One call of the program: reads the line, runs the command, ends with its exit code.

import { homedir } from 'node:os'
import { cac, type CAC } from 'cac'
import { configDir, logFile } from '../config/directories.ts'
import { loadConfig } from '../config/load-config.ts'
import { systemClock } from '../core/clock.ts'
import { messageOf, RallyError, stackOf, systemCode } from '../core/errors.ts'
import { programVersion, versionText } from '../core/version.ts'
import type { Command, CommandContext, CommandSpec } from './command.ts'
import { COMMANDS } from './command-table.ts'
import { isOn, readValue, textOf, type FlagValues } from './flag-values.ts'
import { commandHelp, overviewHelp } from './help.ts'
import { LogFile } from './log-file.ts'
import { Output } from './output.ts'
import { NO_COMMAND, printError } from './print-error.ts'
import { readArguments, type Arguments } from './read-arguments.ts'
import { catchSignals, type CaughtSignals } from './signals.ts'

/** Each loaded when it is run: a command must not pay for the others. */
const FILES: Readonly<Record<string, () => Promise<Command>>> = {
  race: async () => (await import('./race-command.ts')).raceCommand,
  list: async () => (await import('./list-command.ts')).listCommand,
  info: async () => (await import('./info-command.ts')).infoCommand,
  'render-track': async () => (await import('./render-track-command.ts')).renderTrackCommand,
  'validate-track': async () => (await import('./validate-track-command.ts')).validateTrackCommand,
  results: async () => (await import('./results-command.ts')).resultsCommand,
  compare: async () => (await import('./compare-command.ts')).compareCommand,
  daemon: async () => (await import('./daemon-command.ts')).daemonCommand,
  status: async () => (await import('./status-command.ts')).statusCommand,
  cluster: async () => (await import('./cluster-command.ts')).clusterCommand
}

/** Code of a program that a closed pipe ended (128 + SIGPIPE): shells expect it. */
const CLOSED_PIPE = 141

/** @returns the exit code, once every word has left. */
export async function runCli(line: readonly string[]): Promise<number> {
  const output = new Output({ stdout: process.stdout, stderr: process.stderr, environment: process.env, onStdoutError: endWithoutReader })
  process.on('uncaughtException', (error) => process.exit(printError(output, error, NO_COMMAND)))
  const code = await dispatch(line, output)
  await output.flush()
  return code
}

function endWithoutReader(error: Error): void {
  if (systemCode(error) === 'EPIPE') process.exit(CLOSED_PIPE)
  process.stderr.write(`[ERROR] the output cannot be written: ${messageOf(error)}\n`)
  process.exit(new RallyError('disk', '').exitCode)
}

async function dispatch(line: readonly string[], output: Output): Promise<number> {
  const found = readArguments(line, COMMANDS)
  const width = process.stdout.columns ?? (Number(process.env['COLUMNS']) || 100)
  if (found.spec === null) {
    if (found.problems.length > 0) return printError(output, mistakes(found.problems), NO_COMMAND)
    output.print(found.wantsVersion ? `rally ${versionText(programVersion())}` : overviewHelp(COMMANDS, width))
    return 0
  }
  if (found.wantsHelp) {
    output.print(commandHelp(found.spec, width))
    return 0
  }
  return runCommand(found, output)
}

async function runCommand(found: Arguments, output: Output): Promise<number> {
  const { spec } = found
  const startedAtMs = systemClock.monotonicMs()
  const log = new LogFile(logFile(configDir(process.env, homedir())), systemClock)
  const signals = catchSignals(output, spec.name === 'race')
  let end: 'SUCCESS' | 'ABORTED' | 'FAILURE' = 'SUCCESS'
  let code = 0
  let flags: FlagValues = new Map()
  let prefix = spec.errorPrefix
  const failsAs = (words: string): void => void (prefix = words)
  try {
    flags = readFlags(found)
    output.isQuiet = flags.has('quiet') ? isOn(flags, 'quiet') : spec.isQuiet
    output.onLine = (level, text) => log.write(level, text)
    log.onFull = (warning) => output.warning(warning)
    log.write('INFO', `rally ${versionText(programVersion())}: ${spec.name}`)
    const run = await FILES[spec.name]!()
    await run(contextOf(found, { flags, output, signals, failsAs }))
  } catch (thrown) {
    const error = asCancelled(thrown, signals.signal)
    code = printError(output, error, { command: spec.name, prefix, logFile: log.pathIfWritten })
    const stack = stackOf(error instanceof RallyError ? error.cause : error)
    if (stack !== null) log.write('ERROR', stack)
    if (code === new RallyError('usage', '').exitCode) return code
    end = error instanceof RallyError && error.kind === 'cancelled' ? 'ABORTED' : 'FAILURE'
  } finally {
    signals.release()
  }
  if (textOf(flags, 'format') !== 'json') printFooter(output, end, startedAtMs)
  return code
}

/** What is thrown because it was aborted need not know why: Node.js throws errors of its own. */
function asCancelled(error: unknown, signal: AbortSignal): unknown {
  return signal.aborted && !(error instanceof RallyError) ? signal.reason : error
}

function printFooter(output: Output, end: string, startedAtMs: number): void {
  const text = `${end} (took ${Math.trunc((systemClock.monotonicMs() - startedAtMs) / 1000)} seconds)`
  const rule = '-'.repeat(`[INFO] ${text}`.length)
  output.aside('')
  output.aside(rule)
  output.info(text)
  output.aside(rule)
}

interface ContextParts {
  readonly flags: FlagValues
  readonly output: Output
  readonly signals: CaughtSignals
  readonly failsAs: (prefix: string) => void
}

function contextOf(found: Arguments, { flags, output, signals, failsAs }: ContextParts): CommandContext {
  return {
    argument: found.argument,
    operand: found.operand,
    flags,
    output,
    signal: signals.signal,
    failsAs,
    takeSignals: () => signals.release(),
    config({ datastore }) {
      const config = loadConfig({
        environment: process.env,
        homeDir: homedir(),
        configurationName: textOf(flags, 'configuration-name'),
        datastoreType: textOf(flags, 'datastore-type'),
        needsDatastore: datastore
      })
      for (const warning of config.warnings) output.warning(warning)
      return config
    }
  }
}

/** The values of the line; throws RallyError('usage') with every mistake on it. */
function readFlags(found: Arguments): FlagValues {
  const options = parseWithCac(found)
  const problems = [...found.problems]
  const values = new Map<string, unknown>()
  for (const flag of found.spec.flags) {
    const given = givenTo(flag.name, options)
    if (given === undefined) continue
    try {
      values.set(flag.name, readValue(flag, typeof given === 'string' ? given.slice(GUARD.length) : JSON.stringify(given)))
    } catch (error) {
      if (!(error instanceof RallyError)) throw error
      problems.push(...(error.problems.length > 0 ? error.problems : [messageOf(error)]).map((problem) => `--${flag.name}: ${problem}`))
    }
  }
  if (problems.length > 0) throw mistakes(problems)
  return values
}

/** cac reads `--no-x` as the opposite of an `--x`, also where that is all the flag there is. */
function givenTo(name: string, options: Readonly<Record<string, unknown>>): unknown {
  if (!name.startsWith('no-')) return options[camelCase(name)]
  return options[camelCase(name.slice('no-'.length))] === false ? true : undefined
}

function mistakes(problems: readonly string[]): RallyError {
  if (problems.length === 1) return new RallyError('usage', problems[0]!)
  return new RallyError('usage', `${problems.length} mistakes`, { problems })
}

// cac makes numbers of what looks like one (`--race-id=007`) and takes the next word for an empty value; behind a second
// equals sign a value stays the text it was.
const GUARD = '='

function parseWithCac(found: Arguments): Readonly<Record<string, unknown>> {
  const program = cac('rally')
  declare(program, found.spec)
  const words = [...found.given].map(([name, value]) => {
    const flag = found.spec.flags.find((one) => one.name === name)
    if (flag?.kind !== 'switch' && flag?.kind !== 'pair') return `--${name}=${GUARD}${value}`
    return value === 'true' ? `--${name}` : `--no-${name}`
  })
  return program.parse(['node', 'rally', found.spec.name, ...words], { run: false }).options
}

function declare(program: CAC, spec: CommandSpec): void {
  const command = program.command(spec.name, spec.summary)
  for (const flag of spec.flags) command.option(flag.valueName === '' ? `--${flag.name}` : `--${flag.name} <${flag.valueName}>`, flag.help)
}

/** The key under which cac keeps an option. */
function camelCase(name: string): string {
  return name.replaceAll(/([a-z])-([a-z])/g, (_, end: string, begin: string) => end + begin.toUpperCase())
}
