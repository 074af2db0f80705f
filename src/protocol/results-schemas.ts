// The shapes of the messages of the role `results`.

import { count, flag, list, message, type MessageSchemas, object, text } from './schema.ts'
import type { ListedChunk, ResultsAnswer, ResultsRequest } from './transfer-messages.ts'
import { innerPath, sha256 } from './words.ts'

export const asks: MessageSchemas<ResultsRequest> = {
  chunks: message('chunks', {}),
  chunk: message('chunk', { id: innerPath, offset: count, credit: count }),
  ack: message('ack', { id: innerPath, sha256 })
}

export const answers: MessageSchemas<ResultsAnswer> = {
  'chunk-list': message('chunk-list', { chunks: list(object<ListedChunk>({ id: innerPath, bytes: count })), isLast: flag }),
  data: message('data', { id: innerPath, offset: count, base64: text }),
  end: message('end', { id: innerPath, sha256 })
}
