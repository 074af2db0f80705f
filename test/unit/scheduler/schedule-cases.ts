// The cases of schedule.json by kind, and what they need to run: a source of so many requests, a row of random numbers.

import { deepEqual, ok } from 'node:assert/strict'
import type { Random } from '../../../src/core/random.ts'
import { vectors } from '../../vectors.ts'

type Written = Record<string, unknown>

export interface Response {
  readonly weight: number
  readonly unit: string
  readonly service: number
  readonly before?: number
  readonly after?: number
  readonly success?: boolean
  readonly completed?: boolean
  readonly percent?: number
}

interface Kinds {
  deterministic: { input: { rate: number; iterations: number }; expected: { due: number[] } }
  'due-times': {
    input: { task: Written; iterations: number; responses: Response[]; uniforms?: number[] }
    expected: { due: number[]; scheduler: string; target?: { value: number; unit: string } | null; fails_after_request?: number }
  }
  'ramp-up': { input: { schedule: Written[] }; expected: { client: number; column: number; task: string; wait: number }[] }
  loop: {
    input: { task: Written; durations: number[]; limit: number }
    expected: {
      ended: string
      infinite: boolean
      loop: string
      iterations: { due: number; percent_completed: number | null; type: string }[]
    }
  }
  executor: {
    input: { task: Written; responses: Response[]; client?: number; on_error?: string }
    expected: { end: number; sleeps: number[]; samples: ExpectedSample[]; error?: string }
  }
}

type Times = 'absolute_time' | 'relative_time' | 'latency' | 'service_time' | 'processing_time' | 'time_period'
type ExpectedSample = Record<Times, number> & { type: string; ops: number; unit: string; percent_completed: number | null }

export type ScheduleCase<K extends keyof Kinds> = Kinds[K] & { readonly name: string; readonly kind: K; readonly error?: string }

export function scheduleCases<K extends keyof Kinds>(kind: K): ScheduleCase<K>[] {
  const cases = vectors<ScheduleCase<keyof Kinds>>('schedule.json').filter((each) => each.kind === kind) as unknown as ScheduleCase<K>[]
  ok(cases.length > 0, `no case of kind ${kind}`)
  return cases
}

/** Whether Elastic Rally refused the task altogether. */
export function isFailed(vector: { readonly error?: string; readonly expected?: unknown }): boolean {
  return vector.expected === undefined
}

/** The given numbers in turn, wrapping round; without any, the test must not need one. */
export function randomOf(uniforms: readonly number[] | undefined): Random {
  let i = 0
  return () => {
    ok(uniforms !== undefined, 'a random number was asked for')
    return uniforms[i++ % uniforms.length]!
  }
}

/** The param source of a case: `vec-size` requests, else without end. */
export function sourceOf(task: Written): { infinite: boolean; completes: boolean; next(): boolean; percent(): number | null } {
  const operation = task['operation'] as Written
  const size = operation['vec-size'] as number | undefined
  let given = 0
  return {
    infinite: size === undefined,
    completes: operation['operation-type'] === 'vec-completing',
    next: () => given++ < (size ?? Infinity),
    percent: () => (operation['vec-progress'] === true && size !== undefined ? given / size : null)
  }
}

/** Equal up to a relative 1e-12. */
export function close(actual: readonly number[], expected: readonly number[], name: string): void {
  deepEqual(actual.length, expected.length, name)
  actual.forEach((value, i) => {
    const wanted = expected[i]!
    ok(Math.abs(value - wanted) <= 1e-12 * Math.max(1, Math.abs(wanted)), `${name}: number ${i} is ${value}, not ${wanted}`)
  })
}
