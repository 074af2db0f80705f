// The door: starts an embedded node in a process of its own, and stops it.

import { spawn, type ChildProcess } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import { RallyError } from '../core/errors.ts'
import type { ChildMessage } from './child-message.ts'
import { toFlags, type EmbeddedNodeOptions } from './node-options.ts'

export type { EmbeddedNodeOptions } from './node-options.ts'

export interface EmbeddedNode {
  /** `http://127.0.0.1:39201`. */
  readonly url: string
  readonly host: string
  readonly port: number
  readonly pid: number
  /** Resolves when the process is gone, stopped or not; never rejects. */
  readonly exited: Promise<NodeExit>
  /** Ends the process: asks first, kills after two seconds. Calling it again changes nothing. */
  stop(): Promise<void>
}

export interface NodeExit {
  /** null: ended by a signal. */
  readonly code: number | null
  readonly signal: NodeJS.Signals | null
  /** The end of what it wrote to stderr. */
  readonly stderr: string
}

/** Long: on a machine that is busy with other things a process takes its time to start. */
const START_DEADLINE_MS = 30_000
const STOP_DEADLINE_MS = 2000
const STDERR_CHARS = 4096
// Indexing makes short-lived objects by the million: a larger young generation collects them in passing.
const NODE_FLAGS = ['--max-semi-space-size=32', '--enable-source-maps']

/** Starts a node and waits until it listens; rejects with RallyError (target) if it does not within 30 s, or with the signal's reason. */
export async function startEmbeddedNode(options: EmbeddedNodeOptions = {}, signal: AbortSignal | null = null): Promise<EmbeddedNode> {
  signal?.throwIfAborted()
  const entry = fileURLToPath(new URL(`./embedded-process.${import.meta.url.endsWith('.ts') ? 'ts' : 'js'}`, import.meta.url))
  const child = spawn(process.execPath, [...NODE_FLAGS, entry, ...toFlags(options)], { stdio: ['ignore', 'ignore', 'pipe', 'ipc'] })
  const exited = watchExit(child)
  try {
    const port = await listening(child, exited, signal)
    letParentEnd(child)
    const host = options.host ?? '127.0.0.1'
    return { url: `http://${host}:${port}`, host, port, pid: child.pid!, exited, stop: () => stop(child, exited) }
  } catch (error) {
    child.kill('SIGKILL')
    await exited
    throw error
  }
}

function watchExit(child: ChildProcess): Promise<NodeExit> {
  let stderr = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => (stderr = (stderr + text).slice(-STDERR_CHARS)))
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ code: null, signal: null, stderr: error.message }))
    child.on('exit', (code, signal) => resolve({ code, signal, stderr }))
  })
}

async function listening(child: ChildProcess, exited: Promise<NodeExit>, signal: AbortSignal | null): Promise<number> {
  let timer: NodeJS.Timeout | undefined
  let cancel = (): void => {}
  const message = new Promise<ChildMessage>((resolve, reject) => {
    child.on('message', (received) => resolve(received as ChildMessage))
    cancel = () => reject(signal?.reason as Error)
    signal?.addEventListener('abort', cancel)
    timer = setTimeout(() => reject(startError(`not listening after ${START_DEADLINE_MS / 1000} s`)), START_DEADLINE_MS)
    void exited.then(({ code, signal: killedBy, stderr }) => {
      const words = stderr.trim() === '' ? '' : `: ${stderr.trim()}`
      // Its own message, sent just before, may still be on its way.
      setImmediate(() => reject(startError(`ended while starting (${killedBy ?? `code ${code}`})${words}`)))
    })
  })
  try {
    const received = await message
    if (received.type === 'failed') throw startError(received.message)
    return received.port
  } finally {
    clearTimeout(timer)
    signal?.removeEventListener('abort', cancel)
  }
}

function startError(what: string): RallyError {
  return new RallyError('target', `embedded node: ${what}`, {
    hint: 'run the race again; if the machine is short of memory or very busy, free it, or give a target of your own with --target-hosts'
  })
}

// The node ends with us, so it must not keep us from ending.
function letParentEnd(child: ChildProcess): void {
  child.unref()
  child.channel?.unref()
  // A pipe, which has unref() though its type does not say so.
  const stderr = child.stderr as unknown as { readonly unref: () => void } | null
  stderr?.unref()
}

async function stop(child: ChildProcess, exited: Promise<NodeExit>): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  child.ref()
  child.kill('SIGTERM')
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_DEADLINE_MS)
  await exited
  clearTimeout(timer)
}
