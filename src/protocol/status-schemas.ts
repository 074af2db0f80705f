// The shapes of the messages of the role `status`.

import { nodeFacts } from './greeting-schemas.ts'
import { count, flag, list, message, type MessageSchemas, nullable, number, object, oneOf, port, type Shape, variants } from './schema.ts'
import type { Member, NodeState, NodeStatus, StatusAnswer, StatusQuestion } from './status-messages.ts'
import { hostName, nodeName, raceId, shortText } from './words.ts'

type Idle = Extract<NodeState, { readonly is: 'idle' }>
type Taken = Exclude<NodeState, Idle>

const state: Shape<NodeState> = variants(
  object<Idle>({ is: oneOf('idle') }),
  object<Taken>({
    is: oneOf('preparing', 'ready', 'running', 'ending'),
    race: raceId,
    owner: shortText,
    forMs: number,
    step: nullable(count),
    steps: count
  })
)

const member = object<Member>({ node: nodeName, host: hostName, port, seenMs: number, isConnected: flag })

export const asks: MessageSchemas<StatusQuestion> = {
  'ask-status': message('ask-status', { seq: count }),
  'ask-members': message('ask-members', { seq: count })
}

export const answers: MessageSchemas<StatusAnswer> = {
  status: message('status', {
    seq: count,
    node: nodeName,
    version: shortText,
    program: shortText,
    upMs: number,
    wallMs: number,
    state,
    facts: nodeFacts,
    chunks: object<NodeStatus['chunks']>({ count, bytes: count }),
    coordinator: nullable(object<NonNullable<NodeStatus['coordinator']>>({ address: shortText, isConnected: flag, state: shortText }))
  }),
  members: message('members', { seq: count, members: list(member) })
}
