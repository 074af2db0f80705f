// What an embedded node can be told, as an object and as the flags of its process.

import { parseArgs } from 'node:util'
import { RallyError } from '../core/errors.ts'
import { parseDelay, printDelay, type Delay } from './calibration/delay.ts'
import { parseFault, printFault, type Fault } from './calibration/fault.ts'

export interface EmbeddedNodeOptions {
  /** 0 (default): any free one. */
  readonly port?: number
  /** Default 127.0.0.1. */
  readonly host?: string
  /** Gets a line when the node starts and stops, and for every error 500; default: none. */
  readonly logFile?: string
  /** Answers come so much later. */
  readonly delay?: Delay
  /** `fifo`: one request at a time; default `concurrent`. */
  readonly queue?: 'concurrent' | 'fifo'
  readonly faults?: readonly Fault[]
  /** Of delays and faults; default `0`. */
  readonly seed?: string
  /** `fixed`: every request gets the same small search answer, which takes the node no time; default with a delay. `engine`: what is asked is done. */
  readonly answers?: 'engine' | 'fixed'
  /** Gets the truth about each request when the node stops; also at `GET /_embedded/truth`. */
  readonly truthFile?: string
}

export function toFlags(options: EmbeddedNodeOptions): string[] {
  const flags = [`--port=${options.port ?? 0}`, `--host=${options.host ?? '127.0.0.1'}`]
  if (options.logFile !== undefined) flags.push(`--log-file=${options.logFile}`)
  if (options.delay !== undefined) flags.push(`--delay=${printDelay(options.delay)}`)
  if (options.queue !== undefined) flags.push(`--queue=${options.queue}`)
  if (options.seed !== undefined) flags.push(`--seed=${options.seed}`)
  if (options.answers !== undefined) flags.push(`--answers=${options.answers}`)
  if (options.truthFile !== undefined) flags.push(`--truth-file=${options.truthFile}`)
  return [...flags, ...(options.faults ?? []).map((fault) => `--fault=${printFault(fault)}`)]
}

/** Throws RallyError (usage). */
export function fromFlags(flags: readonly string[]): EmbeddedNodeOptions {
  const values = readFlags(flags)
  const port = Number(values.port ?? 0)
  if (!Number.isInteger(port) || port < 0 || port > 65_535) throw usage(`--port=${String(values.port)} is no port`)
  const queue = oneOf('queue', values.queue, ['concurrent', 'fifo'] as const)
  const answers = oneOf('answers', values.answers, ['engine', 'fixed'] as const)
  return {
    port,
    host: values.host ?? '127.0.0.1',
    seed: values.seed ?? '0',
    faults: (values.fault ?? []).map(parseFault),
    ...(values['log-file'] === undefined ? {} : { logFile: values['log-file'] }),
    ...(values.delay === undefined ? {} : { delay: parseDelay(values.delay) }),
    ...(queue === undefined ? {} : { queue }),
    ...(answers === undefined ? {} : { answers }),
    ...(values['truth-file'] === undefined ? {} : { truthFile: values['truth-file'] })
  }
}

function readFlags(flags: readonly string[]): {
  readonly [key in 'port' | 'host' | 'log-file' | 'delay' | 'queue' | 'seed' | 'answers' | 'truth-file']?: string
} & { readonly fault?: string[] } {
  const text = { type: 'string' } as const
  try {
    const { values } = parseArgs({
      args: [...flags],
      options: {
        port: text,
        host: text,
        'log-file': text,
        delay: text,
        queue: text,
        seed: text,
        answers: text,
        'truth-file': text,
        fault: { type: 'string', multiple: true }
      }
    })
    return values
  } catch (error) {
    throw usage((error as Error).message)
  }
}

function oneOf<T extends string>(name: string, value: string | undefined, allowed: readonly T[]): T | undefined {
  if (value === undefined) return undefined
  const found = allowed.find((word) => word === value)
  if (found === undefined) throw usage(`--${name}=${value}: expected one of ${allowed.join(', ')}`)
  return found
}

function usage(message: string): RallyError {
  return new RallyError('usage', `embedded node: ${message}`)
}
