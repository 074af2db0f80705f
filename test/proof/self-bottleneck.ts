// Proof 7: a driver that is starved says so. Its race is `invalid`; the same race with the machine to itself is not.

import { spawn, type ChildProcess } from 'node:child_process'
import { readFileSync } from 'node:fs'
import type { HttpEngine } from '../../src/target/target-options.ts'
import { withNode } from './calibrated-node.ts'
import { RaceHome, searches } from './cli-race.ts'
import { isInstalled, missing } from './installed.ts'
import { exactly, word, type Proven } from './proven.ts'

const TASK = searches('starved', { clients: 8, 'time-period': 10, 'target-throughput': 500 })
const INVALID = 97

export async function selfBottleneck(engine: HttpEngine): Promise<Proven[]> {
  if (!isInstalled('taskset')) return [missing('a starved driver', 'util-linux')]
  const home = new RaceHome([TASK], engine)
  try {
    return await withNode({ delay: 'fixed:5' }, async ({ port }) => {
      const calm = await home.race(port, 'calm')
      const starved = await starve(() => home.race(port, 'starved', { launcher: onOneCore('nice', '-n', '5') }))
      const says = /event-loop delay|send delay|worker CPU/.test(starved.stderr + starved.stdout)
      return [
        exactly('driver with a core to itself, 500/s: exit code', '', { expected: 0, measured: calm.code ?? Number.NaN }),
        exactly('driver starved by two others on its core: exit code', '', { expected: INVALID, measured: starved.code ?? Number.NaN }),
        word('driver starved by two others: names the figure of the driver', { expected: 'yes', measured: says ? 'yes' : 'no' })
      ]
    })
  } finally {
    home.remove()
  }
}

/** Two loops without end beside what runs on the same core, before it in the scheduler's eyes. */
async function starve<T>(act: () => Promise<T>): Promise<T> {
  const loops: ChildProcess[] = [1, 2].map(() => {
    const [program = '', ...args] = onOneCore(process.execPath, '-e', 'for (;;);')
    return spawn(program, args, { stdio: 'ignore' })
  })
  try {
    return await act()
  } finally {
    for (const loop of loops) loop.kill('SIGKILL')
  }
}

function onOneCore(...command: readonly string[]): string[] {
  return ['taskset', '-c', firstCore(), ...command]
}

/** Of the cores that this process may use. */
function firstCore(): string {
  const list = /^Cpus_allowed_list:\s+(\d+)/m.exec(readFileSync('/proc/self/status', 'latin1'))
  return list?.[1] ?? '0'
}
