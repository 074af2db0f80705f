// Pulls a race's results as `rally results pull` does, in a process of its own; `fork` gives what it took in a message.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { KnownNode } from '../../src/node/known-nodes.ts'
import { pullRace } from '../../src/node/pull-race.ts'
import { readKey } from '../../src/protocol/cluster-key.ts'

export interface PullOrder {
  readonly race: string
  readonly nodes: readonly KnownNode[]
  readonly keyFile: string
}

/** Of the pull alone: the program is there already. */
export interface PullReport {
  readonly files: number
  readonly bytes: number
  readonly seconds: number
}

async function pull({ race, nodes, keyFile }: PullOrder): Promise<PullReport> {
  const into = mkdtempSync(join(tmpdir(), 'rb-pulled-'))
  try {
    const key = await readKey(keyFile)
    const startedAt = process.uptime()
    const [done] = await pullRace({ race, nodes, key, into, signal: new AbortController().signal, progress: () => undefined })
    if (done === undefined || done.pulled === null) throw done?.trouble ?? new Error('nothing is kept')
    return { files: done.pulled.files, bytes: done.pulled.bytes, seconds: process.uptime() - startedAt }
  } finally {
    rmSync(into, { recursive: true, force: true })
  }
}

process.once('message', (order: PullOrder) => {
  void pull(order).then((report) => {
    process.send?.(report)
    process.disconnect()
  })
})
