// A question to the daemon of this home, and its answer.

import { setTimeout as wait } from 'node:timers/promises'
import { RallyError } from '../core/errors.ts'
import type { Connection } from '../protocol/connection.ts'
import { dial } from '../protocol/dial.ts'
import type { StatusAnswer, StatusQuestion } from '../protocol/status-messages.ts'

const DEADLINE_MS = 3000

export type StatusConnection = Connection<StatusQuestion, StatusAnswer>

type AnswerTo<Q extends StatusQuestion> = Extract<StatusAnswer, { readonly t: Q['t'] extends 'ask-status' ? 'status' : 'members' }>

/** Asks over the daemon's own socket; throws RallyError('node') if it does not answer within three seconds. */
export async function askDaemon<Q extends StatusQuestion>(socketPath: string, question: Q): Promise<AnswerTo<Q>> {
  const connection = await dial({ address: { socketPath }, identity: '', key: null, hello: { role: 'status' }, deadlineMs: DEADLINE_MS })
  try {
    return await ask(connection, question)
  } finally {
    connection.close()
  }
}

/** One question over an open connection; throws RallyError('node') if no answer comes within three seconds. */
export async function ask<Q extends StatusQuestion>(connection: StatusConnection, question: Q): Promise<AnswerTo<Q>> {
  const answered = new Promise<AnswerTo<Q>>((resolve, reject) => {
    connection.onMessage((answer) => {
      if (answer.seq === question.seq) resolve(answer as AnswerTo<Q>)
    })
    connection.onClose((reason) => reject(new RallyError('node', `${connection.remote}: ${reason}`)))
  })
  connection.send(question)
  const abort = new AbortController()
  const late = wait(DEADLINE_MS, undefined, { signal: abort.signal }).then(() => {
    throw new RallyError('node', `${connection.remote} does not answer within ${DEADLINE_MS / 1000} s`)
  })
  // Whoever loses the race has nothing more to say.
  late.catch(() => undefined)
  answered.catch(() => undefined)
  try {
    return await Promise.race([answered, late])
  } finally {
    abort.abort()
  }
}
