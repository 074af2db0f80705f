import assert from 'node:assert/strict'
import { test } from 'node:test'
import { exactVectors } from '../../exact-vectors.ts'

/** Where each kind of vector of our four files is checked. */
const CHECKED: Readonly<Record<string, string>> = {
  throughput: 'metrics/throughput.test',
  postprocess: 'metrics/record-store.test',
  'percentiles-for-n': 'metrics/percentile.test',
  'encode-key': 'metrics/percentile.test',
  'percentile-value': 'metrics/percentile.test',
  stats: 'metrics/percentile.test, metrics/stats.test',
  'error-rate': 'metrics/stats.test',
  race: 'metrics/results.test, report/summary-vectors.test',
  results: 'metrics/results.test',
  compare: 'report/comparison.test',
  'store-docs': 'metrics/record-store.test',
  seconds_to_ms: 'core/units.test',
  ms_to_seconds: 'core/units.test',
  ms_to_minutes: 'core/units.test',
  bytes_to_kb: 'core/units.test',
  bytes_to_mb: 'core/units.test',
  bytes_to_gb: 'core/units.test',
  bytes_to_unit: 'core/units.test',
  bytes_to_human_value: 'core/units.test',
  bytes_to_human_unit: 'core/units.test',
  'pretty.size': 'core/units.test',
  'pretty.throughput': 'core/units.test',
  'pretty.number': 'core/units.test',
  'pretty.duration': 'core/units.test',
  to_epoch_millis: 'metrics/record-store.test',
  to_iso8601: 'metrics/race-store.test',
  from_iso8601: 'metrics/race-store.test',
  'compare-diff': 'report/comparison.test',
  'markdown-table': 'report/table.test',
  'csv-table': 'report/table.test'
}

/** Kinds that are not ours to check, or where we do something else on purpose, and why. */
const NOT_HERE: Readonly<Record<string, string>> = {
  progress: 'the live display has a line for each running task; there is no single line of 90 columns',
  factor: 'a multiplication by 100: `percent` of report/convert, seen in every error rate of the comparisons',
  'convert.to_bool': 'a word of rally.ini: config',
  'convert.to_strings': 'a word of rally.ini: config',
  days_ago: 'a function of templates: track',
  get_start_date: 'a function of templates: track',
  get_end_date: 'a function of templates: track',
  splitext: 'names of data files: corpus',
  is_archive: 'names of data files: corpus',
  has_extension: 'names of data files: corpus',
  is_version_identifier: 'branches of track repositories: track',
  major_version: 'branches of track repositories: track',
  components: 'branches of track repositories: track',
  best_match: 'branches of track repositories: track',
  variants_of: 'branches of track repositories: track',
  merge_dicts: 'composing templates: track'
}

/** Parts of a race's expected answer that nothing of ours gives yet. */
const UNSERVED_PARTS: Readonly<Record<string, string>> = {
  result_docs: 'documents for the results index: they come with the Elasticsearch datastore, which is refused until then'
}
const SERVED_PARTS = [
  'number_of_store_docs',
  'op_metrics_key_order',
  'race_json',
  'race_json_without_results',
  'results',
  'results_key_order',
  'summary'
]

test('every kind of vector is checked, or listed with the reason why not', () => {
  for (const file of ['throughput.json', 'percentiles.json', 'units-format.json', 'results.json']) {
    for (const { kind, name } of exactVectors(file))
      assert.ok(kind in CHECKED || kind in NOT_HERE, `${file}: ${name} is of the unknown kind [${kind}]`)
  }
})

test('every part of a race’s answer is checked, or listed with the reason why not', () => {
  for (const { expected, kind } of exactVectors('results.json')) {
    if (kind !== 'race') continue
    for (const part of Object.keys(expected as object)) assert.ok(SERVED_PARTS.includes(part) || part in UNSERVED_PARTS, part)
  }
})
