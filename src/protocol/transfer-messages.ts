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

/**
 * Node → coordinator, role `files`: on this channel the node asks, for a piece of a file by its checksum: a path never travels here.
 * Before `offset` it has what it needs, from a connection that broke.
 */
export interface FilesRequest {
  readonly t: 'want'
  readonly sha256: string
  readonly offset: number
}

/** Coordinator → node, role `files`. `lost`: it cannot be sent any more, and why. */
export type FilesAnswer =
  | { readonly t: 'data'; readonly sha256: string; readonly offset: number; readonly base64: string }
  | { readonly t: 'end'; readonly sha256: string }
  | { readonly t: 'lost'; readonly sha256: string; readonly message: string }

/** What the coordinator has for a node. */
export interface Supply {
  /** Of the track's folder. */
  readonly track: readonly SuppliedFile[]
  /** Corpora; null: the node brings its own. */
  readonly data: readonly SuppliedData[] | null
}

/** A file in pieces of one size, the last one as long as it is. */
export interface SuppliedFile {
  /** Inside the track's folder; of a data file `<corpus>/<file>`. */
  readonly path: string
  readonly bytes: number
  /** sha256 over the checksums of all its pieces: the same for the same content. */
  readonly id: string
  readonly pieceBytes: number
  /** Those that the node needs, ascending. */
  readonly pieces: readonly (readonly [number: number, sha256: string])[]
}

export interface SuppliedData extends SuppliedFile {
  /** Entries of the offset table, as far as the node needs them. */
  readonly table: readonly (readonly [lines: number, byte: number])[]
}
