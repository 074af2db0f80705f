// The shapes of the messages of the role `files`, on which the listener asks, and of what is said of files in `prepare`.

import { count, list, message, type MessageSchemas, nullable, object, pair, type Shape, text } from './schema.ts'
import type { FilesAnswer, FilesRequest, SuppliedData, SuppliedFile, Supply } from './transfer-messages.ts'
import { innerPath, sha256 } from './words.ts'

export const asks: MessageSchemas<FilesAnswer> = {
  data: message('data', { sha256, offset: count, base64: text }),
  end: message('end', { sha256 }),
  lost: message('lost', { sha256, message: text })
}

export const answers: MessageSchemas<FilesRequest> = {
  want: message('want', { sha256, offset: count })
}

const file = { path: innerPath, bytes: count, id: sha256, pieceBytes: count, pieces: list(pair(count, sha256)) }

export const supply: Shape<Supply> = object<Supply>({
  track: list(object<SuppliedFile>(file)),
  data: nullable(list(object<SuppliedData>({ ...file, table: list(pair(count, count)) })))
})
