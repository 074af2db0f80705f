// Many nodes in one process, for a benchmark of the coordinator: they say what real ones would, over TLS, and send no load.
// `fork` gives the port in a message.

import { setTimeout as wait } from 'node:timers/promises'
import { Outbox } from '../../src/protocol/outbox.ts'
import type { Connection } from '../../src/protocol/connection.ts'
import { listen } from '../../src/protocol/listener.ts'
import type { KeptEvent, NodeCommand, NodeEvent, Snapshot } from '../../src/protocol/messages.ts'
import { SAMPLES } from '../helpers/sample-messages.ts'
import { FACTS } from '../helpers/node-facts.ts'
import { SIMULATED_KEY, RUNNING_TASKS } from './nodes-simulated-facts.ts'

const base = SAMPLES.control.answers.snapshot
/** A histogram of 60 buckets: what a second of some hundred requests fills. */
const buckets = Array.from({ length: 60 }, (_, at) => [at === 0 ? 9000 : 3, 5]).flat()
const histogram = { n: 300, sum: 900, min: 1, max: 9, buckets }

class SimulatedNode {
  readonly #name: string
  readonly #connection: Connection<NodeEvent, NodeCommand>
  readonly #outbox = new Outbox<KeptEvent>()
  #commands = 0
  #snapshots = 0
  #acknowledged = 0
  #second = 0
  #timer: NodeJS.Timeout | undefined

  constructor(name: string, connection: Connection<NodeEvent, NodeCommand>) {
    this.#name = name
    this.#connection = connection
    connection.onMessage((command) => void this.#obey(command))
    connection.onClose(() => clearInterval(this.#timer))
  }

  async #obey(command: NodeCommand): Promise<void> {
    if (command.t === 'ping') {
      this.#acknowledged = command.snapshots
      return this.#connection.send({ t: 'pong', node: this.#name, ping: command.ping, commands: this.#commands, events: this.#outbox.last })
    }
    this.#commands = command.seq
    if (command.t === 'prepare') this.#tell({ t: 'prepared', node: this.#name, epoch: 'e', workers: 1, warnings: [] })
    else if (command.t === 'start-step') await this.#start(command.delayMs)
    else if (command.t === 'cancel') this.#join()
    else if (command.t === 'finish') this.#tell({ t: 'stopped', node: this.#name, reason: 'finished' })
  }

  async #start(delayMs: number): Promise<void> {
    await wait(delayMs)
    this.#timer = setInterval(() => this.#snapshot(), 1000)
  }

  /** The seconds that the coordinator has not acknowledged, mostly one or two. */
  #snapshot(): void {
    const seconds = Array.from({ length: Math.min(3, this.#snapshots - this.#acknowledged + 1) }, (_, back) =>
      this.#secondOf(this.#second - back)
    )
    this.#second++
    const { tally } = base.tasks['index']!.normal!
    const of = <T>(value: T): Record<string, T> => Object.fromEntries(RUNNING_TASKS.map((task) => [task, value]))
    const snapshot: Snapshot = {
      ...base,
      node: this.#name,
      seq: ++this.#snapshots,
      step: 0,
      tasks: of({
        normal: {
          tally: { ...tally, started: 300 * this.#second, ok: 300 * this.#second, failed: {} },
          seconds: seconds.filter(({ k }) => k >= 0)
        }
      }),
      progress: of({ completed: 0.5, clients: 1, ended: 0, warm: 1 })
    }
    this.#connection.send({ t: 'snapshot', ...snapshot })
  }

  #secondOf(k: number): NonNullable<Snapshot['tasks'][string]['normal']>['seconds'][number] {
    const { okService } = base.tasks['index']!.normal!.seconds[0]!
    return {
      k,
      sent: 300,
      ok: 300,
      failed: {},
      cancelled: 0,
      work: 300,
      latency: histogram,
      service: histogram,
      processing: histogram,
      sendDelay: histogram,
      okService,
      maxService: 9,
      errorRun: 0
    }
  }

  #join(): void {
    clearInterval(this.#timer)
    this.#tell({ t: 'step-joined', node: this.#name, epoch: 'e', step: 0, tasks: {} })
  }

  #tell(event: KeptEvent): void {
    this.#connection.send(this.#outbox.add(event))
  }
}

const listener = await listen({
  at: { host: '127.0.0.1', port: 0, keyFor: () => SIMULATED_KEY },
  greet: () => ({ node: 'simulated', facts: FACTS }),
  accept: { control: (_hello, connection, identity) => void new SimulatedNode(identity ?? '', connection) },
  problem: (line) => process.stderr.write(`${line}\n`)
})
process.send?.({ port: listener.port })
process.on('disconnect', () => process.exit(0))
