// What is known of all nodes → a table, and what is wrong with them.

import type { RallyError } from '../core/errors.ts'
import { sizeText } from '../core/units.ts'
import { hasRefused, type ProbedNode } from '../node/probe-node.ts'
import { addressText } from '../protocol/transport.ts'
import { fit, widthOf } from './display-width.ts'
import { chunksText, forText, freeDiskText, offsetText, programText, roundTripText, stateText } from './node-text.ts'

export interface TableLook {
  /** Wall clock. */
  readonly nowMs: number
  /** Colours a text for the state of its node. */
  readonly paint: (mood: Mood, text: string) => string
  /** Of the terminal: columns that one can do without make room; null: all are shown. */
  readonly width: number | null
}

export type Mood = 'good' | 'busy' | 'bad' | 'faint'

interface Column {
  readonly name: string
  readonly isRight: boolean
  readonly text: (probed: ProbedNode, nowMs: number) => string
}

const ABSENT = '-'

function left(name: string, text: Column['text']): Column {
  return { name, isRight: false, text }
}

/** Only of a node that answered. */
function fact(name: string, text: (answer: NonNullable<ProbedNode['answer']>) => string): Column {
  return { name, isRight: true, text: ({ answer }) => (answer === null ? ABSENT : text(answer)) }
}

const COLUMNS: readonly Column[] = [
  left('Node', ({ node }) => node),
  left('Address', ({ address }) => addressText(address)),
  left('State', nodeStateText),
  left('Version', ({ answer }) => (answer === null ? ABSENT : answer.status.version)),
  left('Program', ({ answer }) => (answer === null ? ABSENT : programText(answer.status.program))),
  fact('Cores', ({ status }) => String(status.facts.cores)),
  fact('Memory', ({ status }) => sizeText(status.facts.memoryBytes)),
  fact('Disk free', ({ status }) => freeDiskText(status.facts)),
  fact('Clock', ({ clockOffsetMs, roundTripMs }) => offsetText(clockOffsetMs, roundTripMs)),
  fact('Round trip', ({ roundTripMs }) => roundTripText(roundTripMs)),
  fact('Chunks', ({ status }) => chunksText(status.chunks))
]

const GAP = '  '

/** The first one goes first. */
const DISPENSABLE = ['Program', 'Cores', 'Memory', 'Version', 'Chunks', 'Clock', 'Disk free', 'Round trip']

/** One line a node below a line of headings; without a newline at its end. */
export function fleetTable(nodes: readonly ProbedNode[], { nowMs, paint, width: room }: TableLook): string {
  const all = COLUMNS.map((column) => {
    const texts = nodes.map((probed) => column.text(probed, nowMs))
    const width = Math.max(widthOf(column.name), ...texts.map(widthOf))
    return { ...column, texts, width }
  })
  const columns = fitting(all, room ?? Infinity)
  const heading = columns.map(({ name, width, isRight }) => aligned(name, width, isRight)).join(GAP)
  const rows = nodes.map((probed, at) =>
    columns
      .map(({ name, texts, width, isRight }) => {
        const cell = aligned(texts[at]!, width, isRight)
        return name === 'State' ? paint(moodOf(probed), cell) : cell
      })
      .join(GAP)
      .trimEnd()
  )
  return [paint('faint', heading.trimEnd()), ...rows].join('\n')
}

function fitting<C extends { readonly name: string; readonly width: number }>(all: readonly C[], room: number): readonly C[] {
  let columns = all
  const taken = (): number => columns.reduce((sum, { width }) => sum + width + GAP.length, -GAP.length)
  for (const name of DISPENSABLE) if (taken() > room) columns = columns.filter((column) => column.name !== name)
  return columns
}

function aligned(text: string, width: number, isRight: boolean): string {
  return isRight ? ' '.repeat(width - widthOf(text)) + text : fit(text, width)
}

function nodeStateText(probed: ProbedNode, nowMs: number): string {
  if (probed.answer !== null) return stateText(probed.answer.status.state)
  if (hasRefused(probed.trouble)) return 'refuses'
  return probed.seenMs === null ? 'unreachable' : `unreachable since ${clockText(probed.seenMs)} (${forText(nowMs - probed.seenMs)})`
}

/** Time of day; what is older than a day has its date. */
function clockText(wallMs: number): string {
  return new Date(wallMs).toLocaleTimeString('sv-SE')
}

function moodOf({ answer }: ProbedNode): Mood {
  if (answer === null) return 'bad'
  return answer.status.state.is === 'idle' ? 'good' : 'busy'
}

/** What is wrong with a node, and what to do. */
export interface FleetProblem {
  readonly text: string
  readonly hint: string
}

/** @param program of this machine: nodes of another cannot take part */
export function fleetProblems(nodes: readonly ProbedNode[], program: string): FleetProblem[] {
  return nodes.flatMap((probed) => {
    if (probed.answer === null) return [troubleOf(probed.node, probed.trouble)]
    const { status } = probed.answer
    if (status.program === program) return []
    const text = `node ${probed.node} runs another program: version ${status.version}, ${programText(status.program)} instead of ${programText(program)}`
    return [{ text, hint: 'bring the same version there, and run `rally daemon restart` on it' }]
  })
}

function troubleOf(node: string, { message, hint }: RallyError): FleetProblem {
  return { text: message.includes(`node ${node}`) ? message : `node ${node}: ${message}`, hint }
}
