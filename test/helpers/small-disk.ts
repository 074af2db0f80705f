// A disk of its own for a test, so small that it fills up. Only root may mount one.

import { spawnSync } from 'node:child_process'
import { closeSync, mkdirSync, mkdtempSync, openSync, readdirSync, rmSync, writeSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { TestContext } from 'node:test'
import { systemCode } from '../../src/core/errors.ts'

export interface SmallDisk {
  /** A temporary folder in which it is mounted. */
  readonly folder: string
  readonly path: string
}

/** Mounts a disk of 1 MiB in a temporary folder until the test is over; where that cannot be, the test is skipped, and it is null. */
export function smallDisk(t: TestContext, name = 'disk'): SmallDisk | null {
  const folder = mkdtempSync(join(tmpdir(), 'rally-disk-'))
  const path = join(folder, name)
  mkdirSync(path, { recursive: true })
  const mounted = spawnSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path], { encoding: 'utf8' })
  t.after(() => {
    if (mounted.status === 0) spawnSync('umount', [path])
    rmSync(folder, { recursive: true })
  })
  if (mounted.status === 0) return { folder, path }
  t.skip(`no disk can be mounted here: ${mounted.error?.message ?? mounted.stderr.trim()}`)
  return null
}

/** Leaves not a byte free. */
export function fillDisk(path: string): void {
  const file = openSync(join(path, BALLAST), 'w')
  try {
    for (const bytes of [Buffer.alloc(65_536), Buffer.alloc(1)]) writeUntilFull(file, bytes)
  } finally {
    closeSync(file)
  }
}

/** What lies on it, with folders, but for what filled it. */
export function filesOn(path: string): string[] {
  return readdirSync(path, { recursive: true }).map(String).filter((name) => name !== BALLAST).sort()
}

const BALLAST = 'ballast'

function writeUntilFull(file: number, bytes: Buffer): void {
  for (;;) {
    try {
      if (writeSync(file, bytes) < bytes.length) return
    } catch (error) {
      if (systemCode(error) === 'ENOSPC') return
      throw error
    }
  }
}
