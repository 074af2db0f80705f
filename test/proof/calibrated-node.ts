// The embedded node as a calibration instrument: told how to answer, and asked what it did.

import { startEmbeddedNode, type EmbeddedNodeOptions } from '../../src/embedded/embedded-node.ts'
import { parseDelay } from '../../src/embedded/calibration/delay.ts'
import { parseFault } from '../../src/embedded/calibration/fault.ts'

export interface CalibratedNode {
  readonly host: string
  readonly port: number
  truth(): Promise<Truth>
  /** Forgets what it saw until now. */
  clearTruth(): Promise<void>
  stop(): Promise<void>
}

/** What the node saw, in the order of arrival; milliseconds, by its own clock. */
export interface Truth {
  readonly arrivals: Float64Array
  readonly answers: Float64Array
  /** As drawn. */
  readonly delays: Float64Array
}

export interface Orders {
  /** As `--delay`: `fixed:5`. */
  readonly delay: string
  readonly faults?: readonly string[]
  readonly queue?: 'fifo'
  readonly seed?: string
}

/** Starts a node that answers every request alike, as ordered. */
async function startCalibrated({ delay, faults = [], queue, seed }: Orders): Promise<CalibratedNode> {
  const options: EmbeddedNodeOptions = {
    answers: 'fixed',
    delay: parseDelay(delay),
    faults: faults.map(parseFault),
    ...(queue === undefined ? {} : { queue }),
    ...(seed === undefined ? {} : { seed })
  }
  const node = await startEmbeddedNode(options)
  const url = `${node.url}/_embedded/truth`
  return {
    host: node.host,
    port: node.port,
    truth: async () => readTruth(await (await fetch(url)).text()),
    clearTruth: async () => void (await fetch(url, { method: 'DELETE' })),
    stop: () => node.stop()
  }
}

/** Starts a node, lets `use` ask it, and stops it whatever happens. */
export async function withNode<T>(orders: Orders, use: (node: CalibratedNode) => Promise<T>): Promise<T> {
  const node = await startCalibrated(orders)
  try {
    return await use(node)
  } finally {
    await node.stop()
  }
}

/** Time between arrival and answer of each request, ascending. */
export function truthTimes({ arrivals, answers }: Truth): Float64Array {
  return answers.map((answer, index) => answer - arrivals[index]!).sort()
}

/** The same of the `count` requests that came last: those before were a warm-up. */
export function lastTimes({ arrivals, answers, delays }: Truth, count: number): Float64Array {
  return truthTimes({ arrivals: arrivals.slice(-count), answers: answers.slice(-count), delays })
}

function readTruth(text: string): Truth {
  const [head, ...lines] = text.trimEnd().split('\n')
  const { dropped } = JSON.parse(head ?? '{}') as { dropped: number }
  if (dropped !== 0) throw new Error(`the node's log of its truth is full: ${dropped} requests are missing`)
  const rows = lines.map((line) => JSON.parse(line) as readonly [number, number, number, number]).sort((a, b) => a[0] - b[0])
  return {
    arrivals: Float64Array.from(rows, (row) => row[0]),
    answers: Float64Array.from(rows, (row) => row[1]),
    delays: Float64Array.from(rows, (row) => row[2])
  }
}
