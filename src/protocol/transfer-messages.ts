// Bulk bytes: results from a node's disk, and files to it. Each has a connection of its own, so that commands never wait behind them.

/** Coordinator → node, role `results`. */
export type ResultsRequest =
  /** What is there of the race of the hello? Asked first on each connection, and last; answered with `chunk-list`, in several lines if need be. */
  | { readonly t: 'chunks' }
  /**
   * Bytes of a file from `offset` on, at most `credit` of them. Answered with `data` …, and with `end` if its last byte is among them.
   * Several may be asked for at a time; answers come in the order of the questions. What is asked for and has not come is for the one who
   * asks to bound: at 16 MiB that wait to be taken, the node hangs up.
   */
  | { readonly t: 'chunk'; readonly id: string; readonly offset: number; readonly credit: number }
  /**
   * The file with this checksum is safely on the coordinator's disk: the node removes it, if its own has that checksum. Never
   * answered: the list that is asked for when all is here lacks what the node has heard of, and for the rest it is said again.
   */
  | { readonly t: 'ack'; readonly id: string; readonly sha256: string }

/** Node → coordinator, role `results`. */
export type ResultsAnswer =
  /** Files and their sizes, those of snapshots first; at most 1,000 in a line. `isLast`: there are no more. A race that runs has more later. */
  | { readonly t: 'chunk-list'; readonly chunks: readonly ListedChunk[]; readonly isLast: boolean }
  /**
   * Bytes of a file, in base64, from `offset` on, without gaps. A line, base64 and all, has at most 128 KiB. Best in the very form
   * `{"t":"data",…,"base64":"…"}` (data-line.ts), which is read many times as fast.
   */
  | { readonly t: 'data'; readonly id: string; readonly offset: number; readonly base64: string }
  /** The file's last byte has been sent; sha256 over all of it. 64 zeros: there is no such file any more. */
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
