// What stands around the table of our own races: what was measured, every request's end, the errors, whether the load
// generator kept up, and what the words mean. Markdown that also reads well in a terminal.

import type { JsonObject } from '../core/json.ts'
import { jsonAt, numberAt, objectsAt, textAt } from '../core/json-path.ts'
import { countText, durationText } from '../core/units.ts'
import { cautions } from './cautions.ts'
import { taskName } from './figure-rows.ts'
import { loadDriverSection } from './load-drivers.ts'
import { onOneLine } from './printable.ts'
import { breaches, breachText, figureText, isBreached, momentText, onlyWarns } from './health-text.ts'
import {
  ACCOUNT_KEYS,
  accountOf,
  allTasks,
  errorGroups,
  isBalanced,
  totalAccount,
  type AccountCounts,
  type ErrorGroup
} from './race-items.ts'
import { markdownTable, type Cell } from './table.ts'

const MAX_BODY_LENGTH = 400

/** The first line of a report: `Measured embedded node 0.1 with track cities, challenge index-only (…)`; empty for a race that is not ours. */
export function headline(document: JsonObject): string {
  const target = textAt(document, 'target', 'line')
  if (target === null) return ''
  const challenge = textAt(document, 'challenge')
  const seconds = numberAt(document, 'duration-seconds')
  const facts = [
    `race ${textAt(document, 'race-id') ?? '?'}`,
    ...(seconds === null ? [] : [`${statusWord(document)} after ${durationText(Math.round(seconds))}`]),
    `seed ${textAt(document, 'seed') ?? '?'}`
  ]
  const what = `track ${textAt(document, 'track') ?? '?'}${challenge === null ? '' : `, challenge ${challenge}`}`
  return `Measured ${target} with ${what} (${facts.join(', ')}).${unfinished(document)}${distrust(document)}`
}

/** Numbers that cannot be trusted must not look as if they could. */
function distrust(document: JsonObject): string {
  if (textAt(document, 'health', 'verdict') !== 'invalid') return ''
  const [worst] = breaches(document)
  const cause = worst === undefined ? '' : ` (${breachText(worst)})`
  return ` INVALID: the load generator did not keep up${cause}; see below.`
}

function statusWord(document: JsonObject): string {
  return textAt(document, 'status') ?? 'ended'
}

function unfinished(document: JsonObject): string {
  const status = textAt(document, 'status')
  if (status === null || status === 'finished') return ''
  const error = textAt(document, 'error')
  const cause = error === null ? '' : ` (${onOneLine(error, MAX_BODY_LENGTH)})`
  return ` The race was ${status === 'failed' ? 'ended by an error' : status}${cause}: the figures cover what ran until then.`
}

/** The sections below the table, each ended by an empty line; empty for a race that is not ours. */
export function details(document: JsonObject): string {
  if (textAt(document, 'target', 'line') === null) return ''
  const sections = [
    requestSection(document),
    cautionSection(document),
    errorSection(document),
    loadDriverSection(document),
    generatorSection(document),
    warningSection(document),
    legend(document)
  ]
  return sections.filter((section) => section !== '').join('\n')
}

function requestSection(document: JsonObject): string {
  const tasks = allTasks(document).flatMap((item) => {
    const account = accountOf(item)
    return account === null ? [] : [{ item, account }]
  })
  if (tasks.length === 0) return ''
  const total = totalAccount(tasks.map(({ account }) => account))
  const rows = tasks.map(({ item, account }): readonly Cell[] => [
    taskName(item),
    numberAt(item, 'clients'),
    numberAt(item, 'sample_count', 'normal'),
    numberAt(item, 'sample_count', 'warmup'),
    ...counts(account)
  ])
  const headers = ['Task', 'Clients', 'Samples', 'Warm-up samples', 'Started', 'OK', 'Failed', 'Timed out', 'Cancelled', 'Unknown', 'Retries']
  const table = markdownTable(headers, [...rows, ['all tasks', null, null, null, ...counts(total)]], 'right')
  const unbalanced = tasks.filter(({ account }) => !isBalanced(account)).map(({ item }) => taskName(item))
  const balance = unbalanced.length === 0 ? '' : `\nThe account does not balance for ${unbalanced.join(', ')}: this is a bug of Rally.\n`
  return `## Requests\n\n${table}${balance}`
}

function counts(account: AccountCounts): readonly number[] {
  return ACCOUNT_KEYS.map((key) => account[key])
}

/** A line for each caution, with all tasks that it holds for. */
function cautionSection(document: JsonObject): string {
  const tasks = new Map<string, string[]>()
  for (const item of objectsAt(document, 'results', 'op_metrics')) {
    for (const words of cautions(item)) tasks.set(words, [...(tasks.get(words) ?? []), taskName(item)])
  }
  const lines = [...tasks].map(([words, names]) => `- ${names.join(', ')}: ${words}\n`)
  return lines.length === 0 ? '' : `## With caution\n\n${lines.join('')}`
}

function errorSection(document: JsonObject): string {
  const groups = errorGroups(document)
  return groups.length === 0 ? '' : `## Errors\n\n${groups.map(errorLines).join('')}`
}

function errorLines(group: ErrorGroup): string {
  const tasks = group.tasks.map(({ task, count }) => `${task} ${countText(count)}`).join(', ')
  const words = group.description === null ? '' : `: ${onOneLine(group.description, MAX_BODY_LENGTH)}`
  const body = group.body === null || group.body === '' ? '' : `  answer: ${onOneLine(group.body, MAX_BODY_LENGTH)}\n`
  return `- ${countText(group.count)} × ${group.errorClass} (${tasks})${words}\n${body}`
}

const VERDICTS: Readonly<Record<string, string>> = {
  ok: 'ok: the load generator kept up.',
  warning: 'warning: the load generator came near its limits; see below.',
  invalid: 'invalid: the load generator did not keep up, so these numbers measure it as well as the target.'
}

function generatorSection(document: JsonObject): string {
  const verdict = textAt(document, 'health', 'verdict')
  if (verdict === null) return ''
  const findings = objectsAt(document, 'health', 'findings')
  const rows = findings.map((finding): readonly Cell[] => [
    textAt(finding, 'figure') ?? '',
    figureText(finding, 'worst'),
    figureText(finding, 'limit'),
    textAt(finding, 'where') ?? '',
    momentText(finding),
    stateWord(finding)
  ])
  const table = rows.length === 0 ? '' : `\n${markdownTable(['Figure', 'Worst', 'Limit', 'Where', 'When', ''], rows, 'right')}`
  const advice = findings.filter(isBreached).map((finding) => `- ${breachText(finding)}\n`)
  const engine = textAt(document, 'http-engine')
  const sender = engine === null ? '' : `HTTP engine: ${engine}.\n`
  return `## Load generator\n\nVerdict ${VERDICTS[verdict] ?? verdict}\n${sender}${table}${advice.length === 0 ? '' : `\n${advice.join('')}`}`
}

function stateWord(finding: JsonObject): string {
  if (!isBreached(finding)) return jsonAt(finding, 'limit') === null ? '' : 'ok'
  return onlyWarns(finding) ? 'over, only a warning' : 'over'
}

function warningSection(document: JsonObject): string {
  const warnings = jsonAt(document, 'warnings')
  if (!Array.isArray(warnings) || warnings.length === 0) return ''
  return `## Warnings\n\n${warnings.map((warning) => `- ${onOneLine(String(warning), MAX_BODY_LENGTH)}\n`).join('')}`
}

function legend(document: JsonObject): string {
  const { retries } = totalAccount(allTasks(document).flatMap((item) => accountOf(item) ?? []))
  const source = textAt(document, 'percentiles-from') === 'samples' ? 'are exact: they come from all samples' : 'come from histograms within 0.1 %'
  return `## Legend

- latency: from when a request was due to the last byte of its answer; without a target throughput the same as service time.
- service time: from sending a request to the last byte of its answer.
- processing time: service time and Rally's own work around it.
- Throughput: Elastic Rally's figure, the mean since the task's start at each second, warm-up included.
- Throughput (per second): work that ended in each full second of the measured phase.
- error rate: share of the measured requests that failed or timed out.
- Percentiles ${source}.
- Start within: how far a node's steps began from the common start, at most.
- Transport retries: ${countText(retries)}, each within its request, which is one sample (Elastic Rally's client repeats a failed request up to three times and does not say so).
`
}
