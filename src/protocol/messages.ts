// What coordinator and node say to each other. Commands go down and are imperatives; events come up and are past tense.
// Everything in them is plain JSON: the same objects travel in one process and, as one line each, over a socket.
//
// A race, as one node has it (src/README.md, "The wire", has the whole):
//
//   → secrets · prepare        ← preparing … · prepared
//   → start-step 0             ← snapshot each second · task-ended · step-joined 0
//   → start-step 1 …           ← …
//   → finish                   ← stopped, and the end of the connection
//   → ping each second         ← pong                                            all the while

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
  /**
   * All that a node needs to play its part. Sent once in a session, right behind `secrets`. The node answers with `preparing` as often as it
   * has something to say, and in the end with `prepared`, or with `failed`. One that says nothing new for ten minutes is given up.
   * It may be longer than a line: then it comes in parts (parts.ts), joined up to 64 Mi letters.
   */
  | ({ readonly t: 'prepare' } & Prepare)
  /**
   * What `prepare` must not carry: passwords, keys, certificates of the target. Sent once, before `prepare`, and never answered. A node
   * keeps it in memory alone: not on its disk, nor in its log or in a message.
   */
  | { readonly t: 'secrets'; readonly target: TargetSecrets }
  /**
   * The step (from 0, in order) starts `delayMs` after this command arrived, by the node's own clock: the coordinator has made up for the
   * way there. Sent when all nodes are prepared, or have joined the step before. The node plays its clients' parts, shows a `snapshot`
   * each second and says `step-joined` in the end, also where it has no part, and at once if its session is over.
   */
  | { readonly t: 'start-step'; readonly step: number; readonly delayMs: number }
  /**
   * The tasks of the step that do not end its `parallel` stop after their current request. Sent once in a step, when the tasks that end it
   * are done on all nodes (`task-ended`). `step-joined` follows.
   */
  | { readonly t: 'complete-task'; readonly step: number }
  /**
   * Stop sending now; what is in flight may end within `graceMs`, then it is aborted and counted as cancelled. Sent when the user stops the
   * race, or when it has failed elsewhere. `step-joined` follows with what was measured; the coordinator waits for it for `graceMs` and
   * three seconds more. From here on a coordinator that hangs up does not come back.
   */
  | { readonly t: 'cancel'; readonly reason: string; readonly graceMs: number }
  /**
   * The race is over, however it ended: the last command. The node closes its workers and its files, says `stopped`, and hangs up; what it
   * measured stays on its disk. The coordinator waits for that for ten seconds.
   */
  | { readonly t: 'finish' }

/**
 * Coordinator → node, once a second from `prepare` on, whatever else is said: the coordinator lives, and this is what it has. Answered at
 * once by `pong`. Any command renews the lease without which no worker sends, this one when there is no other: five seconds after the
 * last word the node stops for good (`stopped`), and after sixty it is free for others. `ping` numbers them from 1 on.
 */
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
  /**
   * The node is ready for all steps: its data is there, its `workers` run, each client's connections are open. Sent once. `epoch` names the
   * session, at random: what it measures is kept apart from that of any other session. `warnings` are for the user.
   */
  | { readonly t: 'prepared'; readonly node: string; readonly epoch: string; readonly workers: number; readonly warnings: readonly string[] }
  /**
   * Of a task that ends its `parallel`: `clients` of this node are done with it, all that it has (`any`: the first of them). Sent at most
   * once for a task. When all nodes have said so, `complete-task` follows.
   */
  | { readonly t: 'task-ended'; readonly node: string; readonly step: number; readonly task: string; readonly clients: number }
  /**
   * All clients of this node have ended the step, and every sample of it is on the node's disk. Sent once for each `start-step`. It
   * brings the complete histograms, which do not travel before; it may come in parts, as `prepare` does. When all nodes have joined,
   * the next step starts.
   */
  | ({ readonly t: 'step-joined' } & StepJoined)
  /** For the user, while the race runs: one line, shown with the node's name. Nothing follows from it. */
  | { readonly t: 'warning'; readonly node: string; readonly message: string }
  /**
   * The node cannot go on, and has stopped its load: it could not prepare, a worker died, its disk is full, a request failed that must not.
   * Sent once at most. The step that ran is joined with what is known of it; then only `finish` is obeyed. The race ends, with the
   * exit code that belongs to the error's kind, or goes on without the node if a part of the load generator is lost and the user wants that.
   */
  | { readonly t: 'failed'; readonly node: string; readonly error: WireError }
  /**
   * Nothing of this race is sent any more: the answer to `finish`, or the node's own decision, as when it hears nothing from
   * the coordinator. A step that ran is still joined, with what was measured of it. Unasked for, it means that the node is lost.
   */
  | { readonly t: 'stopped'; readonly node: string; readonly reason: string }

/** One that is lost is made up for by the next. */
export type PassingEvent =
  /** What the node does before it is `prepared`, in words, whenever that changes: shown while the race waits for it. */
  | { readonly t: 'preparing'; readonly node: string; readonly what: string }
  /**
   * The figures of the step that runs, within 50 ms of the end of each of its seconds, from its start to `step-joined`. Absolute: the
   * coordinator replaces what it had. It holds only seconds that changed since the snapshot which the last `ping` acknowledged, so one
   * that is lost is made up for by the next. It may come in parts.
   */
  | ({ readonly t: 'snapshot' } & Snapshot)
  | Pong

/**
 * Node → coordinator: answers the ping of the same number, as soon as it has come. Its way there and back tells the round trip; that it
 * lacks commands which were sent before that ping tells that the connection loses lines, and is replaced. Two seconds without
 * any word of a node: a second connection is tried; three: shown; ten: the node is lost.
 */
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
