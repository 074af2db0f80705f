// What the load generator's judgement says, in words: which figure, where, when, for how long, and what to do.

import type { JsonObject } from '../core/json.ts'
import { jsonAt, numberAt, objectsAt, textAt } from '../core/json-path.ts'
import { generalText } from '../core/python-number.ts'

/** Findings of a stored race over their limits, those that make it invalid first. */
export function breaches(document: JsonObject): readonly JsonObject[] {
  const over = objectsAt(document, 'health', 'findings').filter(isBreached)
  return [...over.filter((finding) => !onlyWarns(finding)), ...over.filter(onlyWarns)]
}

export function isBreached(finding: JsonObject): boolean {
  return jsonAt(finding, 'breached') === true
}

export function onlyWarns(finding: JsonObject): boolean {
  return jsonAt(finding, 'warns_only') === true
}

/** `event-loop delay p99 31.5 ms, limit 20 ms, at node a, worker 1, in seconds 3 to 9 of step 2 (term): add load drivers`. */
export function breachText(finding: JsonObject): string {
  const limit = figureText(finding, 'limit')
  const where = textAt(finding, 'where') ?? ''
  const when = momentText(finding)
  const facts = [
    `${textAt(finding, 'figure') ?? '?'} ${figureText(finding, 'worst')}`.trim(),
    ...(limit === '' ? [] : [`limit ${limit}`]),
    ...(where === '' ? [] : [`at ${where}`]),
    ...(when === '' ? [] : [`in ${when}`])
  ]
  const advice = textAt(finding, 'advice') ?? ''
  return `${facts.join(', ')}${advice === '' ? '' : `: ${advice}`}`
}

/** `seconds 3 to 9 of step 2 (term)`; empty: it is a figure of the whole race. */
export function momentText(finding: JsonObject): string {
  const [from, to] = [numberAt(finding, 'when', 'from_second'), numberAt(finding, 'when', 'to_second')]
  if (from === null || to === null) return ''
  const tasks = jsonAt(finding, 'when', 'tasks')
  const names = Array.isArray(tasks) && tasks.length > 0 ? ` (${tasks.map(String).join(', ')})` : ''
  return `${from === to ? `second ${from}` : `seconds ${from} to ${to}`} of step ${numberAt(finding, 'when', 'step') ?? '?'}${names}`
}

/** A number with its unit; empty: there is none. */
export function figureText(finding: JsonObject, key: string): string {
  const value = numberAt(finding, key)
  return value === null ? '' : `${generalText(value)} ${textAt(finding, 'unit') ?? ''}`.trim()
}
