// What a race is given to work with, besides its request.

import type { ConnectedNode } from './connected-node.ts'
import type { RaceObserver } from './race-request.ts'

/** What only the command can bring together, because the coordinator knows neither drivers nor the embedded node. */
export interface RaceServices {
  readonly observer: RaceObserver
  /** Aborted by the user's first Ctrl-C. */
  readonly signal: AbortSignal
  /** A session on each load driver; throws RallyError with one line for each that cannot take part. */
  readonly openNodes: () => Promise<readonly ConnectedNode[]>
  /** Starts the embedded node; only with pipeline `embedded`. */
  readonly startEmbedded: () => Promise<EmbeddedTarget>
}

export interface EmbeddedTarget {
  readonly host: string
  readonly port: number
  /** Resolves when it is gone, stopped or not; never rejects. */
  readonly exited: Promise<{ readonly code: number | null; readonly signal: string | null; readonly stderr: string }>
  stop(): Promise<void>
}
