// A target that is not there: it writes down what is asked and answers from a script.

import assert from 'node:assert/strict'
import {
  TransportError,
  type AnswerReceiver,
  type TargetAnswer,
  type TargetClient,
  type TargetRequest,
  type TransportFailure
} from '../../../src/target/request.ts'
import type { JsonObject } from '../../../src/core/json.ts'
import { printJson } from '../../../src/core/json-print.ts'
import { operationType } from '../../../src/operation/registry.ts'
import type { OperationResult, OperationType, RequestParams, RunContext, SourceContext } from '../../../src/operation/operation.ts'
import type { Track } from '../../../src/track/track.ts'
import { emptyTrack } from './empty-track.ts'

/** A status with a body, or a failure of the transport. */
export type Scripted = readonly [status: number, body?: unknown] | TransportFailure

export class RecordingClient implements TargetClient {
  readonly timing = { firstSentMs: Number.NaN, lastByteMs: Number.NaN, hasOpened: false, retries: 0 }
  readonly requests: TargetRequest[] = []
  readonly marks: string[] = []
  readonly #answers: readonly Scripted[]

  /** The last answer is given again for all that is asked after it. */
  constructor(answers: readonly Scripted[]) {
    this.#answers = answers
  }

  /** `METHOD path body` of all that was asked. */
  get log(): readonly string[] {
    return this.requests.map(({ method, path, body }) => [method, path, ...(body === null ? [] : [body.toString()])].join(' '))
  }

  send(request: TargetRequest): Promise<TargetAnswer> {
    const scripted = this.#answers[Math.min(this.requests.length, this.#answers.length - 1)] ?? [200, {}]
    this.requests.push(request)
    if (typeof scripted === 'string') return Promise.reject(new TransportError(scripted, `127.0.0.1:9200: ${scripted}`))
    const [status, content = {}] = scripted
    const body = Buffer.from(typeof content === 'string' ? content : printJson(content))
    return Promise.resolve({ status, headers: {}, body, head: body, wireBytes: body.length })
  }

  exchange(request: TargetRequest, receiver: AnswerReceiver): void {
    void this.send(request).then(
      (answer) => receiver.answered(answer),
      (error: unknown) => receiver.failed(error as TransportError)
    )
  }

  begin(): void {}
  markSent(): void {
    this.marks.push('sent')
  }
  markEnd(): void {
    this.marks.push('end')
  }
  warmUp(): Promise<void> {
    return Promise.resolve()
  }
  abort(): void {}
  close(): Promise<void> {
    return Promise.resolve()
  }
}

export interface Run {
  readonly client: RecordingClient
  readonly result: OperationResult
  /** Milliseconds of every wait. */
  readonly waits: readonly number[]
}

export interface Setting {
  readonly track?: Partial<Track>
  readonly context?: Partial<RunContext>
  /** The race is stopped when it waits for the nth time. */
  readonly stopAtWait?: number
}

/** One request of an operation against scripted answers. */
export async function runOperation(type: string, params: JsonObject, answers: readonly Scripted[], setting: Setting = {}): Promise<Run> {
  const operation = operationType(type)
  if (operation === null) throw new Error(`${type} is not served`)
  const client = new RecordingClient(answers)
  const waits: number[] = []
  const context: RunContext = {
    clock: { monotonicMs: () => 0, wallMs: () => 0 },
    stopping: () => setting.stopAtWait !== undefined && waits.length >= setting.stopAtWait,
    sleep: (ms) => {
      waits.push(ms)
      return Promise.resolve()
    },
    target: { distribution: 'elasticsearch', version: '9.4.3', isServerless: false, isServerlessOperator: false },
    ...setting.context
  }
  const source = operation.createSource(sourceContext(type, params, setting.track))
  const request = source.next()
  if (request === null) throw new Error('no parameters')
  const result = await operation.run(client, request, context)
  await assertSameWithoutPromise(operation, { params: request, answers, context, result })
  return { client, result, waits }
}

interface Ran {
  readonly params: RequestParams
  readonly answers: readonly Scripted[]
  readonly context: RunContext
  readonly result: OperationResult
}

/** What runs as one exchange must come to the same either way. */
async function assertSameWithoutPromise({ single }: OperationType, { params, answers, context, result }: Ran): Promise<void> {
  const request = single?.request(params, context) ?? null
  if (single === undefined || request === null) return
  const told = await new Promise<OperationResult>((resolve, reject) => {
    new RecordingClient(answers).exchange(request, {
      answered: (answer) => {
        try {
          resolve(single.result(answer, params, context))
        } catch (error) {
          reject(error instanceof Error ? error : new Error(String(error)))
        }
      },
      failed: (error) => resolve(single.failed(error))
    })
  })
  assert.deepEqual(told, result)
}

export function sourceContext(type: string, params: JsonObject, track: Partial<Track> = {}): SourceContext {
  return {
    track: { ...emptyTrack, ...track },
    operation: { name: `my-${type}`, type, paramSource: null, meta: {}, params },
    clientIndex: 0,
    clients: 1,
    random: () => 0.5,
    dataPath: (corpus, file) => `${corpus}/${file}`
  }
}
