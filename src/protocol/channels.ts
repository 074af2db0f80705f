// Which messages travel on a connection of which role.

import type { Role } from './hello.ts'
import type { NodeCommand, NodeEvent } from './messages.ts'
import type { MemberAnswer, MemberReport, StatusAnswer, StatusQuestion } from './status-messages.ts'
import type { FilesAnswer, FilesRequest, ResultsAnswer, ResultsRequest } from './transfer-messages.ts'

/** `asks`: dialler → listener; `answers`: listener → dialler. */
export interface Channels {
  readonly control: { readonly asks: NodeCommand; readonly answers: NodeEvent }
  readonly results: { readonly asks: ResultsRequest; readonly answers: ResultsAnswer }
  readonly files: { readonly asks: FilesAnswer; readonly answers: FilesRequest }
  readonly status: { readonly asks: StatusQuestion; readonly answers: StatusAnswer }
  readonly member: { readonly asks: MemberReport; readonly answers: MemberAnswer }
}

export type DiallerMessage<R extends Role> = Channels[R]['asks']
export type ListenerMessage<R extends Role> = Channels[R]['answers']

const MIB = 1024 * 1024

export const LINE_LIMITS: Readonly<Record<Role, number>> = {
  control: MIB,
  status: MIB,
  member: MIB,
  results: 128 * 1024,
  files: 128 * 1024
}
