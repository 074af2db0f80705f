// What coordinator and node say to each other. Commands go down and are imperatives; events come up and are past tense.
// Everything in them is plain JSON: the same objects travel in one process and, as one line each, over a socket.

import type { WireError } from '../core/errors.ts'
import type { Second } from '../sample/second.ts'
import type { Tally, TaskHistograms } from '../sample/task-recorder.ts'
import type { TargetFacts } from '../target/request.ts'
import type { TargetOptions, TargetSecrets } from '../target/target-options.ts'
import type { Supply } from './transfer-messages.ts'

/**
 * What must arrive, once and in order, is numbered from 1 on, by session and direction. The sender keeps it (outbox.ts) until
 * the other side has acknowledged it, and sends again what that lacks when the session goes on over a new connection.
 */
export type Numbered<Message> = Message & { readonly seq: number }

/** Coordinator → node. */
export type NodeCommand = Numbered<KeptCommand> | Ping

/** Obeyed once each, in order. */
export type KeptCommand =
  | ({ readonly t: 'prepare' } & Prepare)
  /** What `prepare` must not carry; comes before it. */
  | { readonly t: 'secrets'; readonly target: TargetSecrets }
  /** The step starts `delayMs` after this command arrived, by the node's own clock. */
  | { readonly t: 'start-step'; readonly step: number; readonly delayMs: number }
  /** The tasks that do not end the `parallel` stop after their current request. */
  | { readonly t: 'complete-task'; readonly step: number }
  /** Stop sending now; what is in flight may end within `graceMs`, then it is aborted and counted as cancelled. */
  | { readonly t: 'cancel'; readonly reason: string; readonly graceMs: number }
  /** The race is over: close everything. */
  | { readonly t: 'finish' }

/** Once a second: the coordinator lives. `ping` numbers them. */
export interface Ping {
  readonly t: 'ping'
  readonly ping: number
  /** The coordinator has all events up to this `seq` … */
  readonly events: number
  /** … and a snapshot of this `seq`. */
  readonly snapshots: number
}

export interface Prepare {
  readonly race: string
  readonly seed: string
  /** The track as JSON text (its numbers survive), with only the challenge that runs. */
  readonly track: string
  /** Where data files may stand beside the track, on the coordinator's machine; root null: only in the cache. */
  readonly trackFolder: { readonly root: string | null; readonly isBundled: boolean }
  /** Files that this node may ask for (role `files`). */
  readonly supply: Supply
  /** Ids of this node's clients. */
  readonly clients: readonly number[]
  readonly target: Omit<TargetOptions, 'secrets'>
  readonly facts: TargetFacts
  readonly onError: 'continue' | 'continue-on-network' | 'abort'
  readonly enableAssertions: boolean
  readonly testMode: boolean
  readonly offline: boolean
}

/** Node → coordinator. */
export type NodeEvent = Numbered<KeptEvent> | PassingEvent

/** Heard once each, in order, also over a new connection. */
export type KeptEvent =
  | { readonly t: 'prepared'; readonly node: string; readonly epoch: string; readonly workers: number; readonly warnings: readonly string[] }
  /** All of this node's clients of a task that ends its `parallel` are done (`any`: the first of them). */
  | { readonly t: 'task-ended'; readonly node: string; readonly step: number; readonly task: string; readonly clients: number }
  | ({ readonly t: 'step-joined' } & StepJoined)
  | { readonly t: 'warning'; readonly node: string; readonly message: string }
  | { readonly t: 'failed'; readonly node: string; readonly error: WireError }
  /**
   * Nothing of this race is sent any more: the answer to `finish`, or the node's own decision, as when it hears nothing from
   * the coordinator. A step that ran is still joined, with what was measured of it.
   */
  | { readonly t: 'stopped'; readonly node: string; readonly reason: string }

/** One that is lost is made up for by the next. */
export type PassingEvent =
  /** Preparation goes on: shown while the race waits. */
  | { readonly t: 'preparing'; readonly node: string; readonly what: string }
  | ({ readonly t: 'snapshot' } & Snapshot)
  | Pong

/** Answers the ping of the same number, as soon as it has come. */
export interface Pong {
  readonly t: 'pong'
  readonly node: string
  readonly ping: number
  /** The node has all commands up to this `seq`, and has sent all events up to that one. */
  readonly commands: number
  readonly events: number
}

/** Absolute figures of the current step: a repeated or late one changes nothing. */
export interface Snapshot {
  readonly node: string
  /** Of the session: a node that starts anew counts anew. */
  readonly epoch: string
  /** Snapshots have a row of their own: none is missed when the next one comes. */
  readonly seq: number
  readonly step: number
  /** By task name, then sample type. `seconds`: those that changed since the last acknowledged snapshot. */
  readonly tasks: Readonly<Record<string, Readonly<Partial<Record<SampleTypeName, TypeSnapshot>>>>>
  /** Progress of the clients by task: mean of 0…1 and how many have ended; null: no known end. */
  readonly progress: Readonly<Record<string, TaskProgressFacts>>
  /** Stretches that the coordinator has not acknowledged. */
  readonly health: readonly WorkerHealth[]
  readonly nodeHealth: readonly NodeHealth[]
}

export type SampleTypeName = 'warmup' | 'normal'

export interface TypeSnapshot {
  readonly tally: Tally
  readonly seconds: readonly Second[]
}

export interface TaskProgressFacts {
  readonly completed: number | null
  readonly clients: number
  readonly ended: number
  readonly warm: number
}

/** One worker's own state over its last second, or longer, if the thread stood still. */
export interface WorkerHealth {
  readonly worker: number
  /** The stretch, milliseconds after the step's start on its node. */
  readonly fromMs: number
  readonly toMs: number
  /** Of the event loop: one moment in a hundred had to wait longer. */
  readonly loopDelayP99Ms: number
  /** Its delays over 5 ms, longest first, at most 100. */
  readonly longDelaysMs: readonly number[]
  /** Time on a core, 0…1 of the stretch; null, here and below: the system does not tell. */
  readonly cpu: number | null
  /** Time in which it wanted to run, but others had the cores, 0…1 of the stretch. */
  readonly cpuWait: number | null
  /** Of requests that were due while their client was free; null: there were none. */
  readonly sendDelayP99Ms: number | null
  readonly dropped: number
  /** Clients behind their schedule because the target still had their last request, and how far the worst one is. */
  readonly lateClients: number
  readonly lateMs: number
  /** Bytes of the thread's own heap. */
  readonly heapUsed: number
  readonly heapLimit: number
}

/** The node's own state over its last second: that of its machine, and of its process. */
export interface NodeHealth {
  readonly fromMs: number
  readonly toMs: number
  /** Of the node's main thread. */
  readonly mainDelayP99Ms: number
  readonly mainLongDelaysMs: readonly number[]
  /** CPU time of all processes, of this one, and what the hypervisor gave to other machines: 0…1 of all cores. */
  readonly cpu: number | null
  readonly ownCpu: number
  readonly steal: number | null
  /** Bytes; `available` of the machine, or of the container's limit if that is less. */
  readonly rss: number
  readonly memoryAvailable: number | null
  readonly memoryTotal: number
  /** TCP sockets of the machine. */
  readonly sockets: number | null
  /** Ports that are still free for connections to the target's most used address, of so many. */
  readonly portsLeft: number | null
  readonly ports: number | null
  readonly descriptors: number | null
  readonly descriptorLimit: number | null
}

/** All that a node measured in a step, once. */
export interface StepJoined {
  readonly node: string
  readonly epoch: string
  readonly step: number
  readonly tasks: Readonly<Record<string, TaskResult>>
}

export interface TaskResult {
  readonly types: Readonly<Partial<Record<SampleTypeName, TypeResult>>>
  /** One answer of each class of errors. */
  readonly errors: readonly ErrorExample[]
  /** Of the work. */
  readonly unit: string
  readonly isThrottled: boolean
  /** Milliseconds after the step's start: when the last client was out of warm-up, the first and the last one ended. */
  readonly warmAtMs: number
  readonly firstEndAtMs: number
  readonly lastEndAtMs: number
  /** Offset of the first request sent from the step's start; null: none was. */
  readonly firstSentAtMs: number | null
  /** Offset of the last request sent from the step's start: Elastic Rally's `duration`. */
  readonly lastSentAtMs: number | null
  readonly clients: number
}

export interface TypeResult {
  readonly tally: Tally
  readonly histograms: TaskHistograms
  /** Those not yet acknowledged. */
  readonly seconds: readonly Second[]
}

export interface ErrorExample {
  readonly errorClass: string
  readonly httpStatus: number | null
  readonly description: string
  readonly body: string | null
}
