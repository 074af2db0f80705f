// Bulk bytes: results from a node's disk, and files to it. Each has a connection of its own, so that commands never wait behind them.

/** Coordinator → node, role `results`. */
export type ResultsRequest =
  | { readonly t: 'chunks' }
  | { readonly t: 'chunk'; readonly id: string; readonly offset: number; readonly credit: number }
  | { readonly t: 'ack'; readonly id: string; readonly sha256: string }

/** Node → coordinator, role `results`. */
export type ResultsAnswer =
  | { readonly t: 'chunk-list'; readonly chunks: readonly ListedChunk[]; readonly isLast: boolean }
  | { readonly t: 'data'; readonly id: string; readonly offset: number; readonly base64: string }
  | { readonly t: 'end'; readonly id: string; readonly sha256: string }

export interface ListedChunk {
  readonly id: string
  readonly bytes: number
}

/** Node → coordinator, role `files`: on this channel the node asks. */
export interface FilesRequest {
  readonly t: 'want'
  readonly path: string
  readonly sha256: string | null
  /** Bytes [from, to) each; none: the whole file. */
  readonly ranges: readonly (readonly [from: number, to: number])[]
}

/** Coordinator → node, role `files`. */
export type FilesAnswer =
  | { readonly t: 'data'; readonly path: string; readonly offset: number; readonly base64: string }
  | { readonly t: 'end'; readonly path: string; readonly sha256: string }
