// What the node does wrong when told to: `fail:status=500,share=0.01`, `stall:at=3000,for=1400`.

import { RallyError } from '../../core/errors.ts'

/**
 * - `fail`: answers with `status` (429 makes a storm);
 * - `hang`: takes the request, never answers;
 * - `reset`: cuts the connection;
 * - `stall`: answers nothing from `at` until `at + for`, as if frozen.
 */
export interface Fault {
  readonly kind: 'fail' | 'hang' | 'reset' | 'stall'
  /** Share of the requests it befalls, 0…1; a stall befalls all. */
  readonly share: number
  /** Milliseconds after the first request. */
  readonly atMs: number
  readonly forMs: number
  /** Only of `fail`. */
  readonly status: number
}

const KINDS: readonly string[] = ['fail', 'hang', 'reset', 'stall']

/** Throws RallyError. */
export function parseFault(text: string): Fault {
  const [kind, rest = ''] = text.split(':')
  const values: Record<string, number> = { share: 1, at: 0, for: Number.POSITIVE_INFINITY, status: 500 }
  for (const pair of rest.split(',').filter((part) => part !== '')) {
    const [key, value] = pair.split('=')
    if (key === undefined || !Object.hasOwn(values, key) || value === undefined || !(Number(value) >= 0)) throw notUnderstood(text)
    values[key] = Number(value)
  }
  const { share, at, for: duration, status } = values as { share: number; at: number; for: number; status: number }
  if (kind === undefined || !KINDS.includes(kind) || share > 1 || status < 400 || status > 599) throw notUnderstood(text)
  if (kind === 'stall' && !Number.isFinite(duration)) throw notUnderstood(text)
  return { kind: kind as Fault['kind'], share, atMs: at, forMs: duration, status }
}

function notUnderstood(text: string): RallyError {
  return new RallyError('usage', `embedded node: fault "${text}" is not understood`, {
    hint: 'fail:status=500,share=0.01 · fail:status=429,at=1000,for=2000 · hang:share=0.1 · reset:share=0.1 · stall:at=3000,for=1400 (milliseconds)'
  })
}

export function printFault({ kind, share, atMs, forMs, status }: Fault): string {
  const duration = Number.isFinite(forMs) ? `,for=${forMs}` : ''
  return `${kind}:share=${share},at=${atMs}${duration},status=${status}`
}
