// Proof 8: what other tools see of the same server, in turn with ours.

import { spawn } from 'node:child_process'
import { createRequire } from 'node:module'
import type { HttpEngine } from '../../src/target/target-options.ts'
import { withNode, type CalibratedNode } from './calibrated-node.ts'
import { isInstalled, missing } from './installed.ts'
import { measure } from './load.ts'
import { near, type Proven } from './proven.ts'
import { medianOf } from './statistics/quantile.ts'

const [CLIENTS, SECONDS, ROUNDS] = [8, 4, 3]
const NAME = 'a server of 25 ms, 8 connections, unthrottled: service time p50'

export async function otherTools(engine: HttpEngine): Promise<Proven[]> {
  const hasWrk = isInstalled('wrk')
  return withNode({ delay: 'fixed:25' }, async (node) => {
    const seen = { ours: [] as number[], wrk: [] as number[], autocannon: [] as number[] }
    for (let round = 0; round < ROUNDS; round++) {
      seen.ours.push((await measure(node, { clients: CLIENTS, engine, seconds: SECONDS })).normal.serviceTime.percentile(50))
      if (hasWrk) seen.wrk.push(await wrk(node))
      seen.autocannon.push(await autocannon(node))
    }
    const ours = medianOf(seen.ours)
    const theirs = medianOf(seen.wrk)
    const cannon = medianOf(seen.autocannon)
    return [
      hasWrk
        ? near(`${NAME} against wrk's`, 'ms', { expected: theirs, measured: ours }, theirs * 0.05)
        : missing(`${NAME} against wrk's`, 'wrk'),
      // It rounds to milliseconds.
      near(`${NAME} against autocannon's`, 'ms', { expected: cannon, measured: ours }, 1 + cannon * 0.05)
    ]
  })
}

async function wrk({ host, port }: CalibratedNode): Promise<number> {
  const text = await output('wrk', ['-t1', `-c${CLIENTS}`, `-d${SECONDS}s`, '--latency', `http://${host}:${port}/cities/_search`])
  const found = /^\s*50%\s+([\d.]+)(us|ms|s)$/m.exec(text)
  if (found === null) throw new Error(`wrk printed no median:\n${text}`)
  return Number(found[1]) * { us: 0.001, ms: 1, s: 1000 }[found[2] as 'us' | 'ms' | 's']
}

async function autocannon({ host, port }: CalibratedNode): Promise<number> {
  const program = createRequire(import.meta.url).resolve('autocannon')
  const text = await output(process.execPath, [
    program,
    '-c',
    String(CLIENTS),
    '-d',
    String(SECONDS),
    '-j',
    `http://${host}:${port}/cities/_search`
  ])
  return (JSON.parse(text) as { readonly latency: { readonly p50: number } }).latency.p50
}

async function output(program: string, args: readonly string[]): Promise<string> {
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] })
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (part: string) => (text += part))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => (code === 0 ? resolve(text) : reject(new Error(`${program} ended with ${code}`))))
  })
}
