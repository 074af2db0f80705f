// The shapes of the messages of the role `status`.

import { nodeFacts } from './greeting-schemas.ts'
import { count, flag, list, message, type MessageSchemas, nullable, number, object, oneOf, type Shape, text, variants } from './schema.ts'
import type { Member, NodeState, NodeStatus, StatusAnswer, StatusQuestion } from './status-messages.ts'
import { nodeName, raceId } from './words.ts'

type StateOf<W extends NodeState['is']> = Extract<NodeState, { readonly is: W }>

const state: Shape<NodeState> = variants(
  object<StateOf<'idle'>>({ is: oneOf('idle') }),
  object<StateOf<'preparing'>>({ is: oneOf('preparing'), race: raceId, sinceMs: number }),
  object<StateOf<'running'>>({ is: oneOf('running'), race: raceId, step: count, steps: count, sinceMs: number })
)

const member = object<Member>({ node: nodeName, host: text, port: count, seenMs: number, isConnected: flag })

export const asks: MessageSchemas<StatusQuestion> = {
  'ask-status': message('ask-status', { seq: count }),
  'ask-members': message('ask-members', { seq: count })
}

export const answers: MessageSchemas<StatusAnswer> = {
  status: message('status', {
    seq: count,
    node: nodeName,
    version: text,
    program: text,
    wallMs: number,
    state,
    facts: nodeFacts,
    chunks: nullable(object<NonNullable<NodeStatus['chunks']>>({ count, bytes: count })),
    coordinator: nullable(object<NonNullable<NodeStatus['coordinator']>>({ address: text, state: text }))
  }),
  members: message('members', { seq: count, members: list(member) })
}
