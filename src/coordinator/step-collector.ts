// The figures of the running step from all nodes. Snapshots hold absolute values: a repeated, late or lost one changes nothing.

import { entryOf } from '../core/dictionary.ts'
import { mergeProgress, mergeResultMaps, mergeSecondLists, SAMPLE_TYPES, unfinished } from '../protocol/merge-results.ts'
import type { SampleTypeName, Snapshot, StepJoined, TaskProgressFacts, TaskResult } from '../protocol/messages.ts'
import { mergeSeconds, mergeTallies, mergeTimes, NO_TIMES } from '../sample/merge.ts'
import { secondOf, SecondStore, type KeptSecond } from '../sample/second-store.ts'
import type { Second } from '../sample/second.ts'
import type { Tally, TaskHistograms } from '../sample/task-recorder.ts'
import { OldSeconds } from './old-seconds.ts'

/** Older seconds are kept without histograms, all nodes together: live display and criteria look back this far at most. */
const KEPT_SECONDS = 60

/** A second as the newest snapshot had it: an older one that comes later does not undo it. */
interface ToldSecond {
  readonly seq: number
  readonly kept: KeptSecond
}

interface NodeFigures {
  /** The newest ones. */
  readonly seconds: Map<string, Map<number, ToldSecond>>
  /** Seconds up to these were let go: what is told of them again is not counted twice. */
  readonly letGo: Map<string, number>
  /** Times of the seconds that were let go; null: nobody wants them. */
  readonly old: Map<string, TaskHistograms> | null
  readonly tallies: Map<string, Tally>
  seq: number
  progress: Readonly<Record<string, TaskProgressFacts>>
}

export class StepCollector {
  readonly step: number
  readonly #nodes = new Map<string, NodeFigures>()
  readonly #joined = new Map<string, StepJoined>()
  readonly #acks = new Map<string, number>()
  readonly #old = new OldSeconds()
  readonly #store = new SecondStore()
  /** Number of the newest second of each task. */
  readonly #newest = new Map<string, number>()
  readonly #keepsTimes: boolean

  /** `keepsTimes`: the times of a node that never joins are those of all its seconds, not of the newest only. */
  constructor(step: number, { keepsTimes = false }: { readonly keepsTimes?: boolean } = {}) {
    this.step = step
    this.#keepsTimes = keepsTimes
  }

  addSnapshot(snapshot: Snapshot): void {
    if (snapshot.step !== this.step) return
    const key = keyOfSession(snapshot.node, snapshot.epoch)
    this.#acks.set(key, Math.max(snapshot.seq, this.#acks.get(key) ?? 0))
    const figures = this.#figuresOf(snapshot.node, snapshot.epoch)
    const isNewest = snapshot.seq >= figures.seq
    if (isNewest) Object.assign(figures, { seq: snapshot.seq, progress: snapshot.progress })
    for (const [task, types] of Object.entries(snapshot.tasks)) {
      for (const type of SAMPLE_TYPES) {
        const told = types[type]
        if (told === undefined) continue
        if (isNewest) figures.tallies.set(keyOf(task, type), told.tally)
        this.#replaceSeconds(figures, keyOf(task, type), told.seconds, snapshot.seq)
        this.#told(task, told.seconds)
      }
    }
  }

  addJoined(joined: StepJoined): void {
    if (joined.step !== this.step) return
    this.#joined.set(keyOfSession(joined.node, joined.epoch), joined)
    const figures = this.#figuresOf(joined.node, joined.epoch)
    for (const [task, result] of Object.entries(joined.tasks)) {
      for (const type of SAMPLE_TYPES) {
        const seconds = result.types[type]?.seconds ?? []
        this.#replaceSeconds(figures, keyOf(task, type), seconds, LAST)
        this.#told(task, seconds)
      }
    }
  }

  /** Requests that a node has begun in this step, as far as it told. */
  requestsOf(node: string): number {
    const tallies = [...this.#nodes].flatMap(([key, figures]) => {
      if (nodeOf(key) !== node) return []
      const joined = this.#joined.get(key)
      if (joined === undefined) return [...figures.tallies.values()]
      return Object.values(joined.tasks).flatMap(({ types }) => SAMPLE_TYPES.flatMap((type) => types[type]?.tally ?? []))
    })
    return tallies.reduce((sum, { started }) => sum + started, 0)
  }

  /** The highest snapshot that has come of a node's session: each numbers them for itself. */
  ackOf(node: string, epoch: string): number {
    return this.#acks.get(keyOfSession(node, epoch)) ?? 0
  }

  tally(task: string, type: SampleTypeName): Tally | null {
    const tallies = [...this.#nodes.values()].flatMap((figures) => figures.tallies.get(keyOf(task, type)) ?? [])
    return tallies.length === 0 ? null : tallies.reduce(mergeTallies)
  }

  progress(task: string): TaskProgressFacts | null {
    const facts = [...this.#nodes.values()].flatMap((figures) => entryOf(figures.progress, task) ?? [])
    return facts.length === 0 ? null : facts.reduce(mergeProgress)
  }

  /** Second k of all nodes and both sample types. */
  second(task: string, k: number): Second | null {
    const seconds: Second[] = []
    for (const figures of this.#nodes.values()) {
      for (const type of SAMPLE_TYPES) {
        const told = figures.seconds.get(keyOf(task, type))?.get(k)
        if (told !== undefined) seconds.push(secondOf(told.kept))
      }
    }
    for (const type of SAMPLE_TYPES) seconds.push(...this.#old.at(keyOf(task, type), k))
    return seconds.length === 0 ? null : seconds.reduce(mergeSeconds)
  }

  /** Number of the newest second of a task that any node has told of; -1: none. */
  newest(task: string): number {
    return this.#newest.get(task) ?? -1
  }

  /** Nodes that told seconds, but not yet that they joined. */
  unjoined(): string[] {
    return [...this.#nodes.keys()].filter((key) => !this.#joined.has(key)).map(nodeOf)
  }

  /** Whether a node has told what it measured: `some`, as long as it has not joined. */
  toldBy(node: string): 'all' | 'some' | 'nothing' {
    const sessions = [...this.#nodes.keys()].filter((key) => nodeOf(key) === node)
    if (sessions.length === 0) return 'nothing'
    return sessions.every((key) => this.#joined.has(key)) ? 'all' : 'some'
  }

  /** Results by task, merged over the nodes, with all seconds; of a node that has not joined, what its snapshots tell. */
  results(): Record<string, TaskResult> {
    const merged = this.#resultsByKey().reduce<Record<string, TaskResult>>((all, [, results]) => mergeResultMaps(all, results), {})
    return Object.fromEntries(Object.entries(merged).map(([task, result]) => [task, this.#withOldSeconds(task, result)]))
  }

  #resultsByKey(): (readonly [key: string, results: Record<string, TaskResult>])[] {
    // In an order of its own, so that sums do not depend on who spoke first.
    return [...this.#nodes].sort(([a], [b]) => (a < b ? -1 : 1)).map(([key, figures]) => {
      const joined = this.#joined.get(key)
      const told = joined === undefined ? lastWords(figures) : Object.entries(joined.tasks)
      return [key, Object.fromEntries(told.map(([task, result]) => [task, withSeconds(task, result, figures)]))] as const
    })
  }

  #figuresOf(node: string, epoch: string): NodeFigures {
    const key = keyOfSession(node, epoch)
    let figures = this.#nodes.get(key)
    if (figures === undefined) this.#nodes.set(key, (figures = { seconds: new Map(), letGo: new Map(), old: this.#keepsTimes ? new Map() : null, tallies: new Map(), seq: 0, progress: {} }))
    return figures
  }

  #told(task: string, seconds: readonly Second[]): void {
    for (const { k } of seconds) if (k > this.newest(task)) this.#newest.set(task, k)
  }

  #replaceSeconds(figures: NodeFigures, key: string, told: readonly Second[], seq: number): void {
    const seconds = secondsOf(figures, key)
    let horizon = figures.letGo.get(key) ?? -1
    for (const second of told) {
      const before = seconds.get(second.k)
      if (second.k <= horizon || (before !== undefined && before.seq > seq)) continue
      if (before !== undefined) this.#store.letGo(before.kept)
      seconds.set(second.k, { seq, kept: this.#store.keep(second) })
      if (second.k - KEPT_SECONDS > horizon) horizon = second.k - KEPT_SECONDS
    }
    figures.letGo.set(key, horizon)
    this.#letGo(figures, key, horizon)
  }

  #letGo(figures: NodeFigures, key: string, horizon: number): void {
    const seconds = secondsOf(figures, key)
    for (const [k, { kept }] of seconds) {
      if (k > horizon) continue
      figures.old?.set(key, mergeTimes(figures.old.get(key) ?? NO_TIMES, timesOf(secondOf(kept))))
      this.#old.add(key, kept.rest)
      this.#store.letGo(kept)
      seconds.delete(k)
    }
  }

  #withOldSeconds(task: string, result: TaskResult): TaskResult {
    const types: { -readonly [T in SampleTypeName]?: NonNullable<TaskResult['types'][T]> } = {}
    for (const type of SAMPLE_TYPES) {
      const one = result.types[type]
      if (one !== undefined) types[type] = { ...one, seconds: mergeSecondLists(this.#old.all(keyOf(task, type)), one.seconds) }
    }
    return { ...result, types }
  }
}

function secondsOf(figures: NodeFigures, key: string): Map<number, ToldSecond> {
  let seconds = figures.seconds.get(key)
  if (seconds === undefined) figures.seconds.set(key, (seconds = new Map<number, ToldSecond>()))
  return seconds
}

/** Tallies and the times of the seconds that are still kept: what was in flight since then is unknown. */
function lastWords(figures: NodeFigures): (readonly [string, TaskResult])[] {
  return Object.entries(figures.progress).map(([task, { clients }]) => {
    const types: { -readonly [T in SampleTypeName]?: NonNullable<TaskResult['types'][T]> } = {}
    let lastEndAtMs = 0
    for (const type of SAMPLE_TYPES) {
      const tally = figures.tallies.get(keyOf(task, type))
      if (tally === undefined) continue
      const seconds = [...(figures.seconds.get(keyOf(task, type))?.values() ?? [])].map((told) => secondOf(told.kept))
      types[type] = { tally, histograms: seconds.map(timesOf).reduce(mergeTimes, figures.old?.get(keyOf(task, type)) ?? NO_TIMES), seconds: [] }
      for (const { k } of seconds) lastEndAtMs = Math.max(lastEndAtMs, (k + 1) * 1000)
    }
    return [task, { ...unfinished(clients), types, lastEndAtMs }] as const
  })
}

function timesOf({ latency, service, processing, sendDelay }: Second): TaskHistograms {
  return { latency, service, processing, sendDelay }
}

function withSeconds(task: string, result: TaskResult, figures: NodeFigures): TaskResult {
  const types: { -readonly [T in SampleTypeName]?: NonNullable<TaskResult['types'][T]> } = {}
  for (const type of SAMPLE_TYPES) {
    const one = result.types[type]
    const seconds = figures.seconds.get(keyOf(task, type))
    if (one !== undefined) types[type] = { ...one, seconds: seconds === undefined ? one.seconds : mergeSecondLists([...seconds.values()].map((told) => secondOf(told.kept)), []) }
  }
  return { ...result, types }
}

/** What a node says when it joins is its last word. */
const LAST = Number.POSITIVE_INFINITY

function keyOfSession(node: string, epoch: string): string {
  return `${node}/${epoch}`
}

function nodeOf(key: string): string {
  return key.slice(0, key.lastIndexOf('/'))
}

function keyOf(task: string, type: SampleTypeName): string {
  return `${type} ${task}`
}
