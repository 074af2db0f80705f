import assert from 'node:assert/strict'
import { test } from 'node:test'
import { RallyError } from '../../../src/core/errors.ts'
import { fit, widthOf } from '../../../src/cli/display-width.ts'
import { fleetProblems, fleetTable } from '../../../src/cli/status-table.ts'
import { offsetText, stateText } from '../../../src/cli/node-text.ts'
import type { ProbedNode } from '../../../src/node/probe-node.ts'
import type { NodeState, NodeStatus } from '../../../src/protocol/status-messages.ts'

const GIB = 1024 ** 3
const IDLE: NodeState = { is: 'idle' }

function status(node: string, state: NodeState = IDLE, program = 'abcdef0123456789'): NodeStatus {
  const facts = { cores: 8, memoryBytes: 32 * GIB, freeDiskBytes: 100 * GIB, os: 'linux', runtime: '20.20.2', loopDelayMs: null }
  return {
    node,
    version: '0.1.0',
    program,
    upMs: 0,
    wallMs: 0,
    state,
    facts,
    chunks: { count: 12, bytes: 5 * 1024 * 1024 },
    coordinator: null
  }
}

function answering(node: string, state?: NodeState, program?: string): ProbedNode {
  const answer = { status: status(node, state, program), roundTripMs: 0.214, clockOffsetMs: 0.1 }
  return { node, address: { host: '10.0.0.2', port: 1900 }, seenMs: null, weight: 1, answer }
}

function silent(node: string, seenMs: number | null): ProbedNode {
  const trouble = new RallyError('node', '10.0.0.3:1900: no answer', { hint: 'start the daemon there: rallyd start' })
  return { node, address: { host: '10.0.0.3', port: 1900 }, seenMs, weight: 1, answer: null, trouble }
}

const plain = { nowMs: 61_000, paint: (_mood: string, text: string) => text, width: null }

test('the table lines up whatever stands in it, and shows of a silent node only what is known', () => {
  const running: NodeState = { is: 'running', race: '9150a48e-1111-2222-3333-444444444444', owner: 'esra', forMs: 1000, step: 1, steps: 5 }
  const lines = fleetTable([answering('a'), answering('long-name', running), silent('c', 1000)], plain).split('\n')
  assert.equal(
    lines[0],
    'Node       Address        State                                   Version  Program   Cores  Memory  Disk free  Clock  Round trip      Chunks'
  )
  assert.match(lines[1] ?? '', /^a {10}10\.0\.0\.2:1900 {2}idle +0\.1\.0 +abcdef01 +8 +32\.0GB +100\.0GB +0 ms +0\.21 ms +12 \(5\.0MB\)$/)
  assert.match(lines[2] ?? '', /^long-name .* running race 9150a48e-111… step 2 of 5 /)
  assert.match(lines[3] ?? '', /^c .* unreachable since \d\d:\d\d:\d\d \(1m\) +- +-/)
})

test('on a narrow terminal the columns go that one can do without', () => {
  const heading = (width: number): string[] => (fleetTable([answering('a')], { ...plain, width }).split('\n')[0] ?? '').split(/ {2,}/)
  assert.deepEqual(heading(80), ['Node', 'Address', 'State', 'Version', 'Disk free', 'Clock', 'Round trip', 'Chunks'])
  assert.deepEqual(heading(10), ['Node', 'Address', 'State'])
})

test('states are told as a person would', () => {
  const race = { race: 'r', owner: 'o', forMs: 0, steps: 3 }
  assert.deepEqual(
    [
      stateText({ is: 'preparing', step: null, ...race }),
      stateText({ is: 'ready', step: null, ...race }),
      stateText({ is: 'ready', step: 0, ...race }),
      stateText({ is: 'running', step: 2, ...race }),
      stateText({ is: 'ending', step: 2, ...race })
    ],
    ['preparing race r', 'ready for race r', 'between steps of race r, 1 of 3 done', 'running race r step 3 of 3', 'ending race r']
  )
})

test('an offset of clocks is shown only as far as it can be known', () => {
  assert.deepEqual(
    [offsetText(0.4, 0.2), offsetText(15, 40), offsetText(-25, 2), offsetText(3250, 2)],
    ['0 ms', '0 ms', '-25 ms', '+3.3 s']
  )
})

test('what is wrong is told with what to do: a silent node, and one of another program', () => {
  const problems = fleetProblems([answering('a'), answering('b', IDLE, 'fedcba9876543210'), silent('c', null)], 'abcdef0123456789')
  assert.deepEqual(
    problems.map(({ text }) => text),
    ['node b runs another program: version 0.1.0, fedcba98 instead of abcdef01', 'node c: 10.0.0.3:1900: no answer']
  )
  assert.ok(problems.every(({ hint }) => hint !== ''))
})

test('a text without end is measured by its beginning: whoever sends it holds nobody up', () => {
  const text = 'x'.repeat(1_000_000)
  assert.equal(widthOf(text), 2000)
  assert.equal(fit(text, 10), 'xxxxxxxxx…')
})

test('what is wrong with a node is told with its name, also where that is a letter of every message', () => {
  const trouble = new RallyError('node', '10.0.0.3:1900: no daemon listens there (connection refused)', { hint: 'start it' })
  const [problem] = fleetProblems([{ ...silent('c', null), trouble } as ProbedNode], 'abc')
  assert.match(problem?.text ?? '', /^node c: 10\.0\.0\.3/)
})
