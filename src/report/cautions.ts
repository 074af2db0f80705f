// What to know before trusting a task's figures: too little behind them, or a target that was not reached.

import type { JsonObject } from '../core/json.ts'
import { jsonAt, numberAt, textAt } from '../core/json-path.ts'
import { generalText } from '../core/python-number.ts'
import { MIN_FULL_SECONDS } from '../metrics/throughput.ts'

/** Half-sentences about one item of `op_metrics`. */
export function cautions(item: JsonObject): readonly string[] {
  return [...missing(item), ...fewSeconds(item), ...shortfall(item), ...fewSamples(item)]
}

function missing(item: JsonObject): readonly string[] {
  const nodes = jsonAt(item, 'missing_nodes')
  if (!Array.isArray(nodes) || nodes.length === 0) return []
  return [`the part of node ${nodes.map(String).join(', ')} is missing, which was lost: rates are those of the others, and counts are too small`]
}

function fewSeconds(item: JsonObject): readonly string[] {
  const fullSeconds = numberAt(item, 'throughput_per_second', 'full_seconds')
  if (fullSeconds === null || fullSeconds >= MIN_FULL_SECONDS) return []
  return ['fewer than three full seconds measured, so throughput per second is work ÷ time, without minimum, median and maximum']
}

/** A target throughput that was missed by more than this share is worth a word. */
const SHORTFALL = 0.05

function shortfall(item: JsonObject): readonly string[] {
  const [target, reached] = [numberAt(item, 'target_throughput', 'value'), numberAt(item, 'throughput_per_second', 'mean')]
  const unit = textAt(item, 'target_throughput', 'unit') ?? ''
  if (target === null || reached === null || unit !== textAt(item, 'throughput_per_second', 'unit')) return []
  return reached < target * (1 - SHORTFALL) ? [`reached ${generalText(reached)} of the target ${generalText(target)} ${unit}`] : []
}

function fewSamples(item: JsonObject): readonly string[] {
  const thin = jsonAt(item, 'thin_percentiles')
  const keys = Array.isArray(thin) ? thin.map(String).filter((key) => jsonAt(item, 'latency', key) !== null) : []
  if (keys.length === 0) return []
  return [`${keys.map(percentileWord).join(', ')} percentile with few samples behind it (${numberAt(item, 'sample_count', 'normal') ?? 0})`]
}

function percentileWord(key: string): string {
  return `${key.replace(/_0$/, '').replace('_', '.')}th`
}
