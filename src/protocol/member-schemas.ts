// The shapes of the messages of the role `member`.

import { count, message, type MessageSchemas, port } from './schema.ts'
import type { MemberAnswer, MemberReport } from './status-messages.ts'
import { hostName, nodeName } from './words.ts'

export const asks: MessageSchemas<MemberReport> = { member: message('member', { seq: count, node: nodeName, host: hostName, port }) }

export const answers: MessageSchemas<MemberAnswer> = { 'member-noted': message('member-noted', { seq: count }) }
