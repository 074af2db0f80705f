// The shapes of the messages of the role `files`, on which the listener asks.

import { count, list, message, type MessageSchemas, nullable, pair, text } from './schema.ts'
import type { FilesAnswer, FilesRequest } from './transfer-messages.ts'
import { innerPath, sha256 } from './words.ts'

export const asks: MessageSchemas<FilesAnswer> = {
  data: message('data', { path: innerPath, offset: count, base64: text }),
  end: message('end', { path: innerPath, sha256 })
}

export const answers: MessageSchemas<FilesRequest> = {
  want: message('want', { path: innerPath, sha256: nullable(sha256), ranges: list(pair(count, count)) })
}
