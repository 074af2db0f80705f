// What the target says of itself, asked before and after the load, never beside it.

import { parseJson } from '../core/json-parse.ts'
import { messageOf } from '../core/errors.ts'
import type { JsonValue } from '../core/json.ts'
import type { ClusterAnswers } from '../metrics/telemetry-record.ts'
import type { TargetClient } from '../target/request.ts'

export interface TelemetryAnswers extends ClusterAnswers {
  /** One line for each statistic that could not be had, and why. */
  readonly missing: readonly string[]
}

const PATHS = {
  indexStats: '/_stats/_all?level=shards',
  jvm: '/_nodes/stats/jvm',
  ingest: '/_nodes/stats/ingest'
} as const

/** How long a target may take for all its statistics. */
export interface Patience {
  readonly deadlineMs: number
  /** Nobody waits any more. */
  readonly signal: AbortSignal | null
}

/** Asks for all statistics; one that is refused or fails is null, and said. The client is of no more use after the deadline. */
export async function askTelemetry(client: TargetClient, { deadlineMs, signal }: Patience): Promise<TelemetryAnswers> {
  const deadline = AbortSignal.timeout(deadlineMs)
  const end = signal === null ? deadline : AbortSignal.any([deadline, signal])
  end.addEventListener('abort', () => client.abort('no answer'), { once: true })
  const missing: string[] = []
  const answers: Record<keyof typeof PATHS, JsonValue> = { indexStats: null, jvm: null, ingest: null }
  for (const key of ['indexStats', 'jvm', 'ingest'] as const) {
    const told: string[] = []
    if (!end.aborted) answers[key] = await ask(client, PATHS[key], told)
    if (end.aborted) {
      missing.push(`the target did not tell all its statistics within ${deadlineMs / 1000} s: the rows that need them are left out of the report`)
      break
    }
    missing.push(...told)
  }
  return { ...answers, missing }
}

async function ask(client: TargetClient, path: string, missing: string[]): Promise<JsonValue> {
  try {
    const answer = await client.send({ method: 'GET', path, body: null, keep: 'all', timeoutMs: null })
    if (answer.status === 200) return parseJson(answer.body.toString())
    missing.push(`${path} answered ${answer.status}: the rows that need it are left out of the report`)
  } catch (error) {
    // Statistics are not worth a race: their rows are left out, and that is said.
    missing.push(`${path} failed (${messageOf(error)}): the rows that need it are left out of the report`)
  }
  return null
}
