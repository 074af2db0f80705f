import assert from 'node:assert/strict'
import { test } from 'node:test'
import fc from 'fast-check'
import { advance, initialState, isOver, missing, type RaceEvent, type RaceState } from '../../../src/coordinator/race-state.ts'
import type { KeptCommand } from '../../../src/protocol/messages.ts'

const PLAIN = { tasks: ['a'], clients: [2], completing: [] }

function play(start: RaceState, ...events: RaceEvent[]): { state: RaceState; commands: KeptCommand[] } {
  let state = start
  const commands: KeptCommand[] = []
  for (const event of events) {
    const decision = advance(state, event)
    state = decision.state
    commands.push(...decision.commands)
  }
  return { state, commands }
}

const words = (commands: readonly KeptCommand[]): string[] => commands.map((command) => ('step' in command ? `${command.t} ${command.step}` : command.t))

test('a step starts only when the last node has arrived', () => {
  const start = initialState(['a', 'b'], [PLAIN, PLAIN])
  const one = play(start, { type: 'prepared', node: 'a' }, { type: 'prepared', node: 'a' })
  assert.deepEqual(one.commands, [])
  assert.deepEqual(missing(one.state), ['b'])
  const both = play(one.state, { type: 'prepared', node: 'b' }, { type: 'step-joined', node: 'b', step: 0 })
  assert.deepEqual(words(both.commands), ['start-step 0'])
  const rest = play(
    both.state,
    { type: 'step-joined', node: 'a', step: 0 },
    { type: 'step-joined', node: 'a', step: 1 },
    { type: 'step-joined', node: 'b', step: 1 }
  )
  assert.deepEqual(words(rest.commands), ['start-step 1', 'finish'])
  assert.equal(rest.state.phase, 'done')
})

test('an empty schedule is done as soon as all are prepared', () => {
  const { state, commands } = play(initialState(['a'], []), { type: 'prepared', node: 'a' })
  assert.deepEqual([state.phase, words(commands)], ['done', ['finish']])
})

test('a parallel is completed once, when all clients of the completing task on all nodes are done', () => {
  const step = { tasks: ['a', 'b'], clients: [3, 1], completing: [{ task: 'a', clients: { x: 2, y: 1 }, any: false }] }
  const running = play(initialState(['x', 'y'], [step]), { type: 'prepared', node: 'x' }, { type: 'prepared', node: 'y' }).state
  const ended = (node: string, clients: number): RaceEvent => ({ type: 'task-ended', node, step: 0, task: 'a', clients })
  const { commands } = play(running, ended('x', 2), { type: 'task-ended', node: 'x', step: 0, task: 'b', clients: 1 }, ended('y', 1), ended('y', 1))
  assert.deepEqual(words(commands), ['complete-task 0'])
})

test('with `any` the first client of any task completes the parallel', () => {
  const completing = ['a', 'b'].map((task) => ({ task, clients: { x: 4 }, any: true }))
  const running = play(initialState(['x'], [{ tasks: ['a', 'b'], clients: [4, 4], completing }]), { type: 'prepared', node: 'x' }).state
  assert.deepEqual(words(play(running, { type: 'task-ended', node: 'x', step: 0, task: 'b', clients: 1 }).commands), ['complete-task 0'])
})

test('the first cancel leaves a grace, the second none', () => {
  const running = play(initialState(['x'], [PLAIN]), { type: 'prepared', node: 'x' }).state
  const first = play(running, { type: 'cancel', reason: 'user' })
  assert.deepEqual(first.commands, [{ t: 'cancel', reason: 'user', graceMs: 5000 }])
  const joined = play(first.state, { type: 'step-joined', node: 'x', step: 0 })
  assert.deepEqual([joined.state.phase, words(joined.commands)], ['cancelled', ['finish']])
  const second = play(first.state, { type: 'cancel', reason: 'user' })
  assert.deepEqual(second.commands.map((command) => ('graceMs' in command ? command.graceMs : command.t)), [0, 'finish'])
})

test('a failure stops all at once, and the race ends when all have told what they measured', () => {
  const running = play(initialState(['x', 'y'], [PLAIN, PLAIN]), { type: 'prepared', node: 'x' }, { type: 'prepared', node: 'y' }).state
  const failing = play(running, { type: 'failed', node: 'x' }, { type: 'failed', node: 'y' })
  assert.deepEqual(failing.commands, [{ t: 'cancel', reason: 'node x failed', graceMs: 0 }])
  const end = play(failing.state, { type: 'step-joined', node: 'y', step: 0 }, { type: 'step-joined', node: 'x', step: 0 })
  assert.deepEqual([end.state.phase, words(end.commands)], ['failed', ['finish']])
})

test('whoever is lost or late is not waited for', () => {
  const running = play(initialState(['x', 'y'], [PLAIN]), { type: 'prepared', node: 'x' }, { type: 'prepared', node: 'y' }).state
  const lost = play(running, { type: 'lost', node: 'x' }, { type: 'step-joined', node: 'y', step: 0 })
  assert.deepEqual([lost.state.phase, words(lost.commands)], ['failed', ['cancel', 'finish']])
  for (const [event, phase] of [
    [{ type: 'cancel', reason: 'user' }, 'cancelled'],
    [{ type: 'failed', node: 'x' }, 'failed']
  ] as const) {
    const late = play(running, event, { type: 'late' })
    assert.deepEqual([late.state.phase, words(late.commands)], [phase, ['cancel', 'cancel', 'finish']])
  }
  assert.deepEqual(play(running, { type: 'late' }).commands, [])
})

const CONTINUE = { tasks: ['a', 'b'], clients: [3, 1], completing: [{ task: 'a', clients: { x: 1, y: 2 }, any: false }] }
const prepared = (...nodes: string[]): RaceEvent[] => nodes.map((node) => ({ type: 'prepared', node }))

test('with --on-node-loss=continue a lost node is waited for no more, in this step and in all that follow', () => {
  const running = play(initialState(['x', 'y'], [PLAIN, PLAIN], 'continue'), ...prepared('x', 'y')).state
  const one = play(running, { type: 'lost', node: 'x' }, { type: 'lost', node: 'x' })
  assert.deepEqual([one.state.phase, words(one.commands), missing(one.state)], ['running', [], ['y']])
  const rest = play(one.state, { type: 'step-joined', node: 'y', step: 0 }, { type: 'step-joined', node: 'y', step: 1 })
  assert.deepEqual([rest.state.phase, words(rest.commands)], ['done', ['start-step 1', 'finish']])
  const last = play(running, { type: 'step-joined', node: 'y', step: 0 }, { type: 'lost', node: 'x' })
  assert.deepEqual([last.state.step, words(last.commands)], [1, ['start-step 1']])
  const none = play(one.state, { type: 'lost', node: 'y' })
  assert.deepEqual([none.state.phase, words(none.commands)], ['failed', ['cancel', 'finish']])
  const early = play(initialState(['x', 'y'], [PLAIN], 'continue'), ...prepared('x'), { type: 'lost', node: 'y' })
  assert.deepEqual([early.state.phase, words(early.commands)], ['failed', ['cancel', 'finish']])
})

test('a parallel whose completing clients were lost ends with those that are left, or at once', () => {
  const running = play(initialState(['x', 'y', 'z'], [CONTINUE, CONTINUE], 'continue'), ...prepared('x', 'y', 'z')).state
  const ended = (node: string, clients: number): RaceEvent => ({ type: 'task-ended', node, step: 0, task: 'a', clients })
  assert.deepEqual(words(play(running, ended('x', 1), { type: 'lost', node: 'y' }).commands), ['complete-task 0'])
  assert.deepEqual(words(play(running, { type: 'lost', node: 'y' }, ended('x', 1)).commands), ['complete-task 0'])
  const both = play(running, { type: 'lost', node: 'x' }, { type: 'lost', node: 'y' })
  assert.deepEqual(words(both.commands), ['complete-task 0'])
  const next = play(both.state, { type: 'step-joined', node: 'z', step: 0 })
  assert.deepEqual(words(next.commands), ['start-step 1', 'complete-task 1'])
})

test('with `any`, a first client that ended on a node which was lost later still counts', () => {
  const completing = [{ task: 'a', clients: { x: 1, y: 1 }, any: true }]
  const running = play(initialState(['x', 'y'], [{ tasks: ['a'], clients: [2], completing }], 'continue'), ...prepared('x', 'y')).state
  assert.deepEqual(words(play(running, { type: 'lost', node: 'x' }).commands), [])
  const ended: RaceEvent = { type: 'task-ended', node: 'x', step: 0, task: 'a', clients: 1 }
  assert.deepEqual(words(play(running, ended, { type: 'lost', node: 'x' }).commands), ['complete-task 0'])
})

test('a request that fails while the user’s cancel is drained changes nothing', () => {
  const running = play(initialState(['x'], [PLAIN]), { type: 'prepared', node: 'x' }).state
  const { state, commands } = play(running, { type: 'cancel', reason: 'user' }, { type: 'failed', node: 'x' }, { type: 'step-joined', node: 'x', step: 0 })
  assert.deepEqual([state.phase, words(commands)], ['cancelled', ['cancel', 'finish']])
})

test('whatever comes in whatever order: nothing follows an end, and each end says finish once', () => {
  const node = fc.constantFrom('x', 'y')
  const step = fc.integer({ min: 0, max: 3 })
  const events = fc.array(
    fc.oneof(
      fc.record({ type: fc.constant('prepared' as const), node }),
      fc.record({ type: fc.constant('step-joined' as const), node, step }),
      fc.record({ type: fc.constant('task-ended' as const), node, step, task: fc.constantFrom('a', 'b'), clients: fc.integer({ min: 0, max: 3 }) }),
      fc.record({ type: fc.constant('cancel' as const), reason: fc.constant('user') }),
      fc.record({ type: fc.constantFrom('failed' as const, 'lost' as const), node }),
      fc.constant({ type: 'late' as const })
    ),
    { maxLength: 40 }
  )
  fc.assert(
    fc.property(events, fc.constantFrom('abort' as const, 'continue' as const), (all, onNodeLoss) => {
      let state = initialState(['x', 'y'], [PLAIN, { tasks: ['a', 'b'], clients: [2, 1], completing: [{ task: 'a', clients: { x: 1, y: 1 }, any: false }] }], onNodeLoss)
      const said: string[] = []
      for (const event of all) {
        const wasOver = isOver(state)
        const decision = advance(state, event)
        if (wasOver) assert.deepEqual([decision.commands, decision.state], [[], state])
        state = decision.state
        said.push(...words(decision.commands))
      }
      assert.equal(said.filter((word) => word === 'finish').length, isOver(state) ? 1 : 0)
      assert.ok(said.filter((word) => word.startsWith('start-step')).every((word, index) => word === `start-step ${index}`))
      assert.ok(said.filter((word) => word.startsWith('complete-task')).length <= 1)
      // With nobody left to wait for, a race is over.
      if (state.lost.size === 2) assert.ok(isOver(state))
    })
  )
})
