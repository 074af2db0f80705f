// Programs of the system that a proof is made with. Where one is missing the proof says so; with RALLY_REQUIRE_TOOLS=1, as .ci/run sets
// it, that is a failure.

import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Proven } from './proven.ts'

export function isInstalled(program: string): boolean {
  return spawnSync('sh', ['-c', `command -v ${program}`]).status === 0
}

export function missing(name: string, debianPackage: string): Proven {
  const measured = `${debianPackage} is not installed`
  return { name, unit: '', expected: 'measured', measured, allowed: 'apt-get install', ok: process.env['RALLY_REQUIRE_TOOLS'] !== '1' }
}

/** The library that lies about the wall clock; null: not installed. */
export function fakeTimeLibrary(): string | null {
  const roots = existsSync('/usr/lib') ? readdirSync('/usr/lib') : []
  return roots.map((root) => join('/usr/lib', root, 'faketime', 'libfaketimeMT.so.1')).find((file) => existsSync(file)) ?? null
}
