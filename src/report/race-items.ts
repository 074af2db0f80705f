// Reading our own fields out of a stored race; what is not there is empty, so that any race.json can be reported.

import type { JsonObject } from '../core/json.ts'
import { numberAt, objectAt, objectsAt, textAt } from '../core/json-path.ts'

/** Items of all tasks, those that the table leaves out last. */
export function allTasks(document: JsonObject): readonly JsonObject[] {
  return [...objectsAt(document, 'results', 'op_metrics'), ...objectsAt(document, 'unreported-tasks')]
}

export const ACCOUNT_KEYS = ['started', 'ok', 'failed', 'timed_out', 'cancelled', 'unknown', 'retries'] as const
export type AccountCounts = Readonly<Record<(typeof ACCOUNT_KEYS)[number], number>>

/** Requests of a task, warm-up and measured ones together; null: its race did not count them. */
export function accountOf(item: JsonObject): AccountCounts | null {
  if (Object.keys(objectAt(item, 'account')).length === 0) return null
  const sum = (key: string): number => (numberAt(item, 'account', 'warmup', key) ?? 0) + (numberAt(item, 'account', 'normal', key) ?? 0)
  return countsOf(sum)
}

export function totalAccount(accounts: readonly AccountCounts[]): AccountCounts {
  return countsOf((key) => accounts.reduce((total, account) => total + account[key], 0))
}

function countsOf(count: (key: (typeof ACCOUNT_KEYS)[number]) => number): AccountCounts {
  return {
    started: count('started'),
    ok: count('ok'),
    failed: count('failed'),
    timed_out: count('timed_out'),
    cancelled: count('cancelled'),
    unknown: count('unknown'),
    retries: count('retries')
  }
}

/** started = ok + failed + timed out + cancelled + unknown: a request that was sent once more is one. */
export function isBalanced({ started, retries: _, ...ends }: AccountCounts): boolean {
  return started === Object.values(ends).reduce((total, count) => total + count, 0)
}

/** One class of errors over all tasks, with the first answer that is known. */
export interface ErrorGroup {
  readonly errorClass: string
  readonly httpStatus: number | null
  readonly count: number
  readonly tasks: readonly { readonly task: string; readonly count: number }[]
  readonly description: string | null
  readonly body: string | null
}

/** Most frequent first. */
export function errorGroups(document: JsonObject): readonly ErrorGroup[] {
  const groups = new Map<string, ErrorGroup>()
  for (const item of allTasks(document)) {
    for (const error of objectsAt(item, 'errors')) {
      const errorClass = textAt(error, 'class') ?? 'unknown'
      const count = numberAt(error, 'count') ?? 0
      const group = groups.get(errorClass)
      groups.set(errorClass, {
        errorClass,
        httpStatus: group?.httpStatus ?? numberAt(error, 'http_status'),
        count: (group?.count ?? 0) + count,
        tasks: [...(group?.tasks ?? []), { task: textAt(item, 'task') ?? '', count }],
        description: group?.description ?? textAt(error, 'description'),
        body: group?.body ?? textAt(error, 'body')
      })
    }
  }
  return [...groups.values()].sort((a, b) => b.count - a.count)
}
