// A node's figures of the current step, kept so that any second can be sent again until the coordinator has it.

import { emptyDictionary } from '../core/dictionary.ts'
import { mergeProgress, mergeResultMaps, SAMPLE_TYPES, unfinished } from '../protocol/merge-results.ts'
import type { NodeHealth, SampleTypeName, Snapshot, TaskProgressFacts, TaskResult, TypeResult, TypeSnapshot, WorkerHealth } from '../protocol/messages.ts'
import type { WorkerSecond } from '../protocol/worker-messages.ts'
import { mergeSeconds, mergeTallies, NO_TIMES } from '../sample/merge.ts'
import { secondOf, SecondStore, type KeptSecond } from '../sample/second-store.ts'
import type { Second } from '../sample/second.ts'
import type { Tally } from '../sample/task-recorder.ts'

interface BookedSecond {
  readonly kept: KeptSecond
  /** Number of the first snapshot that holds its present state. */
  readonly sinceSeq: number
}

interface Booked<T> {
  readonly what: T
  readonly sinceSeq: number
}

type Types<T> = Partial<Record<SampleTypeName, T>>

export class SnapshotBook {
  readonly #node: string
  readonly #epoch: string
  readonly #step: number
  readonly #seconds = new Map<string, Types<Map<number, BookedSecond>>>()
  readonly #store = new SecondStore()
  readonly #tallies = new Map<string, Types<Map<number, Tally>>>()
  readonly #progress = new Map<string, Map<number, TaskProgressFacts>>()
  #health: Booked<WorkerHealth>[] = []
  #nodeHealth: Booked<NodeHealth>[] = []
  #seq: number
  #acked: number

  /** `seq` goes on over the steps of a session. */
  constructor(node: string, epoch: string, step: number, seq: number) {
    this.#node = node
    this.#epoch = epoch
    this.#step = step
    this.#seq = seq
    this.#acked = seq
  }

  get seq(): number {
    return this.#seq
  }

  /** Takes over what a worker told; counts are absolute, seconds are told once. */
  add(told: WorkerSecond): void {
    for (const [task, types] of Object.entries(told.tasks)) {
      for (const type of SAMPLE_TYPES) {
        const figures = types[type]
        if (figures !== undefined) this.#addType(task, type, told.worker, figures)
      }
    }
    for (const [task, facts] of Object.entries(told.progress)) {
      const byWorker = this.#progress.get(task) ?? new Map<number, TaskProgressFacts>()
      this.#progress.set(task, byWorker.set(told.worker, facts))
    }
    book(this.#health, told.health, this.#seq)
  }

  addNode(health: NodeHealth): void {
    book(this.#nodeHealth, health, this.#seq)
  }

  /** The coordinator has all up to this snapshot. Seconds stay for a while: a worker that lagged may still add to one. */
  acknowledge(seq: number): void {
    if (seq > this.#acked) this.#acked = seq
    this.#health = this.#health.filter((booked) => booked.sinceSeq > this.#acked)
    this.#nodeHealth = this.#nodeHealth.filter((booked) => booked.sinceSeq > this.#acked)
    for (const types of this.#seconds.values()) {
      for (const seconds of Object.values(types)) this.#forget(seconds)
    }
  }

  /** The next snapshot: all that is not acknowledged. */
  next(): Snapshot {
    this.#seq++
    const tasks = emptyDictionary<Types<TypeSnapshot>>()
    for (const [task, types] of this.#tallies) {
      const entry: Types<TypeSnapshot> = {}
      for (const type of SAMPLE_TYPES) {
        const tallies = types[type]
        if (tallies === undefined) continue
        entry[type] = { tally: [...tallies.values()].reduce(mergeTallies), seconds: this.#open(task, type) }
      }
      tasks[task] = entry
    }
    const progress = emptyDictionary<TaskProgressFacts>()
    for (const [task, byWorker] of this.#progress) progress[task] = [...byWorker.values()].reduce(mergeProgress)
    const health = this.#health.map((booked) => booked.what)
    const nodeHealth = this.#nodeHealth.map((booked) => booked.what)
    return { node: this.#node, epoch: this.#epoch, seq: this.#seq, step: this.#step, tasks, progress, health, nodeHealth }
  }

  /**
   * The results of all workers as one, with the seconds that are not acknowledged.
   * @param lost workers that did not tell their results: they are counted as far as they told in their last second
   */
  finish(results: readonly Readonly<Record<string, TaskResult>>[], lost: readonly number[] = []): Record<string, TaskResult> {
    const merged = [...results, ...lost.map((worker) => this.#lastWords(worker))].reduce<Record<string, TaskResult>>(mergeResultMaps, emptyDictionary())
    for (const [task, result] of Object.entries(merged)) {
      for (const type of SAMPLE_TYPES) this.#addSeconds(task, type, result.types[type]?.seconds ?? [])
      const types: Types<NonNullable<TaskResult['types']['normal']>> = {}
      for (const type of SAMPLE_TYPES) {
        const figures = result.types[type]
        if (figures === undefined) continue
        types[type] = { ...figures, seconds: this.#open(task, type) }
      }
      merged[task] = { ...result, types }
    }
    return merged
  }

  /** Counts alone: times were told together with those of the other workers. */
  #lastWords(worker: number): Record<string, TaskResult> {
    const results = emptyDictionary<TaskResult>()
    for (const [task, byWorker] of this.#progress) {
      const types: Types<TypeResult> = {}
      for (const type of SAMPLE_TYPES) {
        const tally = this.#tallies.get(task)?.[type]?.get(worker)
        if (tally !== undefined) types[type] = { tally, histograms: NO_TIMES, seconds: [] }
      }
      results[task] = { ...unfinished(byWorker.get(worker)?.clients ?? 0), types }
    }
    return results
  }

  #addType(task: string, type: SampleTypeName, worker: number, figures: TypeSnapshot): void {
    const tallies = this.#tallies.get(task) ?? {}
    this.#tallies.set(task, tallies)
    ;(tallies[type] ??= new Map<number, Tally>()).set(worker, figures.tally)
    this.#addSeconds(task, type, figures.seconds)
  }

  #addSeconds(task: string, type: SampleTypeName, added: readonly Second[]): void {
    const types = this.#seconds.get(task) ?? {}
    this.#seconds.set(task, types)
    const seconds = (types[type] ??= new Map<number, BookedSecond>())
    for (const second of added) {
      const before = seconds.get(second.k)
      const merged = before === undefined ? second : mergeSeconds(secondOf(before.kept), second)
      if (before !== undefined) this.#store.letGo(before.kept)
      seconds.set(second.k, { kept: this.#store.keep(merged), sinceSeq: this.#seq + 1 })
    }
  }

  #forget(seconds: Map<number, BookedSecond>): void {
    if (seconds.size <= KEPT_SECONDS) return
    const newest = Math.max(...seconds.keys())
    for (const [k, { kept, sinceSeq }] of seconds) {
      if (sinceSeq > this.#acked || k >= newest - KEPT_SECONDS) continue
      this.#store.letGo(kept)
      seconds.delete(k)
    }
  }

  #open(task: string, type: SampleTypeName): Second[] {
    const seconds = this.#seconds.get(task)?.[type]
    if (seconds === undefined) return []
    const open = [...seconds.values()].filter((booked) => booked.sinceSeq > this.#acked)
    return open.map((booked) => secondOf(booked.kept)).sort((a, b) => a.k - b.k)
  }
}

/** Longest that a worker may lag behind the others and still be added to the right second. */
const KEPT_SECONDS = 120

/** Of a coordinator that acknowledges nothing, the newest are kept. */
const MAX_HEALTH = 1024

function book<T>(list: Booked<T>[], what: T, seq: number): void {
  if (list.length === MAX_HEALTH) list.shift()
  list.push({ what, sinceSeq: seq + 1 })
}
