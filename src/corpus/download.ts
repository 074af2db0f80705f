// One file over the network, in as many pieces as a bad line makes of it.

import type { FileHandle } from 'node:fs/promises'
import { setTimeout as wait } from 'node:timers/promises'
import { isFull } from '../core/atomic-file.ts'
import { messageOf, RallyError } from '../core/errors.ts'
import { diskFull, writeWhole } from './temporary-file.ts'

export interface DownloadAnswer {
  readonly status: number
  /** Bytes of this body, not of the whole file; null: not told. */
  readonly contentLength: number | null
  readonly body: AsyncIterable<Uint8Array>
}

/**
 * Asks for a file from byte `offset` on (0: no Range header). Redirects and proxies are its business; it must give up
 * when the signal aborts, also in the middle of the body.
 */
export type Download = (url: string, options: { readonly offset: number; readonly signal: AbortSignal }) => Promise<DownloadAnswer>

export interface DownloadRequest {
  readonly url: string
  readonly path: string
  readonly expectedBytes: number | null
  readonly download: Download
  readonly signal: AbortSignal
  readonly testMode: boolean
  readonly progress: (doneBytes: number, totalBytes: number | null) => void
  readonly patience?: Patience
}

export interface Patience {
  /** Tries in a row that bring nothing. */
  readonly tries: number
  /** Before the second try; doubles up to 10 s. */
  readonly firstPauseMs: number
  /** Without an answer or a further byte. */
  readonly silenceMs: number
}

const PATIENCE: Patience = { tries: 8, firstPauseMs: 500, silenceMs: 60_000 }
const LONGEST_PAUSE_MS = 10_000
const MAX_PIECES = 1000

/** Downloads a file whole or not at all; throws RallyError('corpus' | 'disk'). */
export async function downloadFile(request: DownloadRequest): Promise<void> {
  await writeWhole(request.path, request.expectedBytes, async (file) => {
    const state: State = { doneBytes: 0, totalBytes: request.expectedBytes }
    const { tries, firstPauseMs } = request.patience ?? PATIENCE
    let failures = 0
    for (let piece = 0; ; piece++) {
      const before = state.doneBytes
      try {
        await fetchPiece(request, file, state)
        return
      } catch (error) {
        request.signal.throwIfAborted()
        if (error instanceof RallyError) throw error
        if (isFull(error)) throw await diskFull(request.path, state.totalBytes)
        failures = state.doneBytes > before ? 1 : failures + 1
        if (failures >= tries || piece >= MAX_PIECES) throw gaveUp(request, error)
        await wait(Math.min(LONGEST_PAUSE_MS, firstPauseMs * 2 ** (failures - 1)), undefined, { signal: request.signal })
      }
    }
  })
}

interface State {
  doneBytes: number
  totalBytes: number | null
}

/** Fetches what is missing; an Error that is no RallyError is worth another try. */
async function fetchPiece(request: DownloadRequest, file: FileHandle, state: State): Promise<void> {
  const { silenceMs } = request.patience ?? PATIENCE
  const silence = new AbortController()
  const timer = setTimeout(() => silence.abort(new Error(`nothing came for ${silenceMs / 1000} s`)), silenceMs)
  const signal = AbortSignal.any([request.signal, silence.signal])
  try {
    const answer = await untilAborted(request.download(request.url, { offset: state.doneBytes, signal }), signal)
    beginPiece(request, state, answer)
    await file.truncate(state.doneBytes)
    const body = answer.body[Symbol.asyncIterator]()
    for (;;) {
      const next = await untilAborted(body.next(), signal)
      if (next.done === true) break
      timer.refresh()
      await file.write(next.value, 0, next.value.length, state.doneBytes)
      state.doneBytes += next.value.length
      request.progress(state.doneBytes, state.totalBytes)
      if (state.totalBytes !== null && state.doneBytes > state.totalBytes) throw wrongSize(request, state)
    }
  } finally {
    clearTimeout(timer)
    // Ends what may still be open of the body.
    silence.abort(new Error('done'))
  }
  if (state.totalBytes !== null && state.doneBytes < state.totalBytes) {
    throw new Error(`the connection ended after ${state.doneBytes} of ${state.totalBytes} bytes`)
  }
}

function beginPiece(request: DownloadRequest, state: State, answer: DownloadAnswer): void {
  const { status, contentLength } = answer
  if (status === 408 || status === 429 || status >= 500) throw new Error(`HTTP status: ${status}`)
  if (status === 416) {
    state.doneBytes = 0
    throw new Error(`HTTP status: ${status}`)
  }
  if (status !== 200 && status !== 206) throw refused(request, status)
  if (status === 200) state.doneBytes = 0
  if (contentLength === null) return
  const total = state.doneBytes + contentLength
  if (state.totalBytes !== null && total !== state.totalBytes) throw wrongSize(request, { ...state, doneBytes: total })
  state.totalBytes = total
}

function refused(request: DownloadRequest, status: number): RallyError {
  const message = `could not download [${request.url}] to [${request.path}] (HTTP status: ${status})`
  if (status !== 404) return new RallyError('corpus', message)
  const hint = request.testMode
    ? 'this track does not support test mode: ask its author to add it, or run it without --test-mode'
    : 'check base-url and source-file of the corpus'
  return new RallyError('corpus', message, { hint })
}

function wrongSize(request: DownloadRequest, state: State): RallyError {
  const expected = request.expectedBytes ?? state.totalBytes
  return new RallyError(
    'corpus',
    `download of [${request.path}] is corrupt: ${state.doneBytes} bytes but ${expected} bytes were expected`,
    {
      hint: `check that [${request.url}] is the file that the track describes`
    }
  )
}

function gaveUp(request: DownloadRequest, cause: unknown): RallyError {
  return new RallyError('corpus', `could not download [${request.url}] to [${request.path}]: ${messageOf(cause)}`, {
    hint: 'check the network and the proxy settings, or put the file there yourself',
    cause
  })
}

/** A promise that also ends with the signal, in case its maker does not look at it. */
async function untilAborted<Value>(promise: Promise<Value>, signal: AbortSignal): Promise<Value> {
  let stop = (): void => {}
  const aborted = new Promise<never>((_resolve, reject) => {
    stop = () => reject(signal.reason as Error)
    if (signal.aborted) stop()
    else signal.addEventListener('abort', stop)
  })
  try {
    return await Promise.race([promise, aborted])
  } finally {
    signal.removeEventListener('abort', stop)
    aborted.catch(() => {})
    promise.catch(() => {})
  }
}
