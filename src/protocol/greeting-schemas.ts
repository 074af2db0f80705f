// The shapes of the first words. Unlike all others they take fields they do not know: a newer Rally may have more to say.

import type { Hello, NodeFacts, Refusal, Welcome } from './hello.ts'
import { count, flag, matching, message, nullable, number, object, oneOf, optional, type Shape, text } from './schema.ts'
import { nodeName, raceId } from './words.ts'

export const nodeFacts = object<NodeFacts>({
  cores: count,
  memoryBytes: count,
  freeDiskBytes: nullable(count),
  os: text,
  runtime: text,
  loopDelayMs: nullable(number)
})

const program = matching(/^[0-9a-f]{64}$/)

export const greetings = {
  hello: open(
    message<Hello>('hello', {
      protocol: count,
      version: text,
      program,
      role: oneOf('control', 'results', 'files', 'status', 'member'),
      race: optional(raceId),
      token: optional(text),
      seq: optional(count),
      owner: optional(text),
      force: optional(flag)
    })
  ),
  welcome: open(
    message<Welcome>('welcome', { protocol: count, version: text, program, node: nodeName, facts: open(nodeFacts), evicted: optional(text) })
  ),
  refused: open(message<Refusal>('refused', { code: text as Shape<Refusal['code']>, message: text, hint: text })),
  error: message<{ readonly t: 'error'; readonly message: string }>('error', { message: text })
}

function open<T>({ json }: Shape<T>): Shape<T> {
  return { json: { ...json, additionalProperties: true } }
}
