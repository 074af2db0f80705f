// What the race is run against, asked before the track is read: its flavour and version decide how the track renders.

import type { TargetHost } from '../config/target-hosts.ts'
import { systemClock } from '../core/clock.ts'
import { createTargetClient } from '../target/target-client.ts'
import { detectTarget, type DetectedTarget } from '../target/target-facts.ts'
import { targetOptionsFrom, type HttpEngine, type TargetOptions } from '../target/target-options.ts'

export interface IdentifiedTarget {
  readonly options: TargetOptions
  readonly facts: DetectedTarget
  /** `Elasticsearch 9.4.3 at 127.0.0.1:9200`. */
  readonly line: string
}

export interface Asking {
  readonly clientOptions: Readonly<Record<string, unknown>>
  readonly engine: HttpEngine
  readonly signal: AbortSignal
  readonly onWaiting: (line: string) => void
}

/** Waits until the target answers (10 s at most) and asks what it is; throws RallyError with one line for what is wrong. */
export async function identifyTarget(hosts: readonly TargetHost[], asking: Asking): Promise<IdentifiedTarget> {
  const options = targetOptionsFrom(hosts, asking.clientOptions, asking.engine)
  const where = hosts.map(nameOf).join(',')
  const client = createTargetClient(options, systemClock)
  try {
    const onWaiting = (reason: string): void => asking.onWaiting(`Waiting for ${where}: ${reason}`)
    const facts = await detectTarget(client, { where, signal: asking.signal, onWaiting })
    return { options, facts, line: `${facts.line} at ${where}` }
  } finally {
    await client.close()
  }
}

function nameOf(host: TargetHost): string {
  return host.host.includes(':') ? `[${host.host}]:${host.port}` : `${host.host}:${host.port}`
}
