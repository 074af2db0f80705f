// Requests → records, as Elastic Rally's SamplePostprocessor files them: three times per request, throughput per task.

import type { JsonObject } from '../core/json.ts'
import { pythonFloat } from '../core/python-number.ts'
import { secondsToMs } from '../core/units.ts'
import type { RecordStore } from './record-store.ts'
import { ThroughputCalculator, type ThroughputSample } from './throughput.ts'

export interface RequestSample extends ThroughputSample {
  readonly clientId: number
  readonly latency: number
  readonly serviceTime: number
  readonly processingTime: number
  readonly meta: JsonObject
  /** The requests that a composite is made of. */
  readonly parts: readonly RequestPart[]
}

export interface RequestPart {
  readonly operation: string
  readonly operationType: string
  readonly absoluteTime: number
  readonly relativeTime: number
  readonly serviceTime: number
  readonly meta: JsonObject
}

/** What is known of a task beside its samples; metas of track, challenge, operation and task, later ones winning. */
export interface SampledTask {
  readonly operation: string
  readonly operationType: string
  readonly meta: JsonObject
}

export class SampleRecorder {
  readonly #store: RecordStore
  readonly #tasks: ReadonlyMap<string, SampledTask>
  readonly #downsampleFactor: number
  readonly #throughput = new ThroughputCalculator()

  /** Keeps the times of every `downsampleFactor`-th request of a batch; throughput uses all. */
  constructor(store: RecordStore, tasks: ReadonlyMap<string, SampledTask>, downsampleFactor = 1) {
    this.#store = store
    this.#tasks = tasks
    this.#downsampleFactor = downsampleFactor
  }

  add(batch: readonly RequestSample[]): void {
    batch.forEach((sample, index) => {
      if (index % this.#downsampleFactor !== 0) return
      this.#putTimes(sample)
      for (const part of sample.parts) this.#putPart(sample, part)
    })
    for (const [name, values] of this.#throughput.calculate(batch)) {
      const task = this.#task(name)
      for (const { value, ...rest } of values) {
        this.#store.putValue({
          ...rest,
          name: 'throughput',
          value: pythonFloat(value),
          task: name,
          operation: task.operation,
          operationType: task.operationType,
          meta: task.meta
        })
      }
    }
  }

  #putTimes(sample: RequestSample): void {
    const { meta, ...task } = this.#task(sample.task)
    const times = { latency: sample.latency, service_time: sample.serviceTime, processing_time: sample.processingTime }
    for (const [name, seconds] of Object.entries(times)) {
      this.#store.putValue({
        ...task,
        name,
        value: pythonFloat(secondsToMs(seconds)),
        unit: 'ms',
        task: sample.task,
        sampleType: sample.sampleType,
        absoluteTime: sample.absoluteTime,
        relativeTime: sample.relativeTime,
        meta: { ...meta, ...sample.meta, client_id: sample.clientId }
      })
    }
  }

  #putPart(sample: RequestSample, { serviceTime, meta, ...part }: RequestPart): void {
    this.#store.putValue({
      ...part,
      name: 'service_time',
      value: pythonFloat(secondsToMs(serviceTime)),
      unit: 'ms',
      task: sample.task,
      sampleType: sample.sampleType,
      meta: { ...sample.meta, ...meta, client_id: sample.clientId }
    })
  }

  #task(name: string): SampledTask {
    return this.#tasks.get(name) ?? { operation: name, operationType: name, meta: {} }
  }
}
