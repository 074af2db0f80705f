// What a node in a test's own process is set to; its samples go when the process ends.

import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { NodeSettings } from '../../src/driver/prepare-node.ts'

export interface NodeChanges {
  readonly workers?: number | undefined
  readonly dataCacheDir?: string | undefined
  /** Default: a folder of its own. */
  readonly resultsDir?: string | undefined
}

export function nodeSettings({ workers = 1, dataCacheDir = '/nonexistent', resultsDir }: NodeChanges = {}): NodeSettings {
  const results = { dir: resultsDir ?? temporaryFolder(), keepDays: 14, keepDiskPercent: 10 }
  return { availableCores: workers, dataCacheDir, sampleQueueSize: 1 << 20, results, log: () => {} }
}

const folders: string[] = []

function temporaryFolder(): string {
  if (folders.length === 0) {
    process.once('exit', () => {
      for (const folder of folders) rmSync(folder, { recursive: true, force: true })
    })
  }
  const folder = mkdtempSync(join(tmpdir(), 'rally-results-'))
  folders.push(folder)
  return folder
}
