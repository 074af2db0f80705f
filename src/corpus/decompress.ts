// An archive → its data file, by the fastest program that is installed, else by ourselves.

import { spawn, type ChildProcess } from 'node:child_process'
import { createReadStream } from 'node:fs'
import { stat, type FileHandle } from 'node:fs/promises'
import { pipeline } from 'node:stream/promises'
import { messageOf, RallyError } from '../core/errors.ts'
import { decompressors, type Command } from './decompressors.ts'
import { diskFull, writeWhole } from './temporary-file.ts'

export interface DecompressRequest {
  readonly archive: string
  readonly path: string
  /** Of the data file; null: unknown. */
  readonly expectedBytes: number | null
  readonly signal: AbortSignal
  /** Of the archive. */
  readonly progress: (doneBytes: number, totalBytes: number) => void
  /** Without a byte in or out; for tests. */
  readonly silenceMs?: number
  /** Where programs are looked for: `PATH`. */
  readonly searchPath?: string
}

const SILENCE_MS = 120_000
const LOOK_EVERY_MS = 250
const MAX_WORDS = 4096

/** Decompresses a file whole or not at all; throws RallyError('corpus' | 'disk'). */
export async function decompressFile(request: DecompressRequest): Promise<void> {
  const { archive, path, expectedBytes } = request
  const commands = await decompressors(archive, request.searchPath ?? process.env['PATH'] ?? '')
  await writeWhole(path, expectedBytes, async (file) => {
    for (const command of commands) {
      await file.truncate(0)
      const failure = await runCommand(command, request, file)
      if (failure === null) break
      if (!failure.notStarted) throw await failed(request, failure.words)
    }
    const { size } = await file.stat()
    if (expectedBytes === null || size === expectedBytes) return
    throw new RallyError('corpus', `[${path}] is corrupt: extracted ${size} bytes but ${expectedBytes} bytes are expected`, {
      hint: `delete [${archive}] so that it is fetched anew, or correct uncompressed-bytes in the track`
    })
  })
}

interface CommandFailure {
  readonly words: string
  /** The program could not even be started: another one may do. */
  readonly notStarted: boolean
}

async function runCommand(command: Command, request: DecompressRequest, file: FileHandle): Promise<CommandFailure | null> {
  const silence = new AbortController()
  const signal = AbortSignal.any([request.signal, silence.signal])
  const child = spawn(command.program, command.args, { stdio: ['pipe', file.fd, 'pipe'], env: { PATH: process.env['PATH'], LC_ALL: 'C' } })
  const kill = (): void => void child.kill('SIGKILL')
  signal.addEventListener('abort', kill)
  if (signal.aborted) kill()
  const words = collectWords(child)
  const ended = endOf(child)
  const feed = feedArchive(request, child)
  const watch = watchProgress(request, file, feed, silence)
  try {
    const failure = await ended
    request.signal.throwIfAborted()
    if (silence.signal.aborted) throw silence.signal.reason
    if (failure === null) return null
    return { ...failure, words: words() || failure.words }
  } finally {
    clearInterval(watch)
    signal.removeEventListener('abort', kill)
    feed.stop()
  }
}

interface Feed {
  readonly doneBytes: () => number
  readonly stop: () => void
}

/** Writes the archive into the program. If that fails, the program sees an early end and says so. */
function feedArchive(request: DecompressRequest, child: ChildProcess): Feed {
  const archive = createReadStream(request.archive, { highWaterMark: 1024 * 1024 })
  if (child.stdin !== null) pipeline(archive, child.stdin).catch(() => {})
  return { doneBytes: () => archive.bytesRead, stop: () => void archive.destroy() }
}

function watchProgress(request: DecompressRequest, file: FileHandle, feed: Feed, silence: AbortController): NodeJS.Timeout {
  const silenceMs = request.silenceMs ?? SILENCE_MS
  let seen = ''
  let silentMs = 0
  const look = async (): Promise<void> => {
    const archiveBytes = (await stat(request.archive)).size
    const now = `${feed.doneBytes()} ${(await file.stat()).size}`
    silentMs = now === seen ? silentMs + LOOK_EVERY_MS : 0
    seen = now
    request.progress(feed.doneBytes(), archiveBytes)
    if (silentMs >= silenceMs) {
      silence.abort(new RallyError('corpus', `decompressing [${request.archive}] stopped: nothing happened for ${silenceMs / 1000} s`))
    }
  }
  return setInterval(() => void look().catch(() => {}), LOOK_EVERY_MS)
}

function collectWords(child: ChildProcess): () => string {
  let words = ''
  child.stderr?.setEncoding('utf8').on('data', (text: string) => {
    if (words.length < MAX_WORDS) words += text
  })
  return () => words.trim()
}

function endOf(child: ChildProcess): Promise<CommandFailure | null> {
  return new Promise((resolve) => {
    child.on('error', (error) => resolve({ words: messageOf(error), notStarted: child.pid === undefined }))
    child.on('close', (status, signal) => {
      const words = signal === null ? `exit status ${status}` : `killed by ${signal}`
      resolve(status === 0 ? null : { words, notStarted: false })
    })
  })
}

async function failed(request: DecompressRequest, words: string): Promise<RallyError> {
  const { archive, path, expectedBytes } = request
  if (/no space left|disk quota|ENOSPC|EDQUOT/i.test(words)) return diskFull(path, expectedBytes)
  return new RallyError('corpus', `[${archive}] is corrupt or cannot be decompressed: ${words.split('\n')[0]}`, {
    hint: `delete [${archive}] so that it is fetched anew`
  })
}
