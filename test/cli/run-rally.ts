// Runs the built command as a user would, in a home of its own.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after } from 'node:test'

export const MAIN = 'dist-test/src/cli/main.js'

export interface Ended {
  readonly code: number | null
  readonly stdout: string
  readonly stderr: string
}

export interface RunOptions {
  readonly home?: string
  readonly environment?: Readonly<Record<string, string>>
  /** After which it is killed; default a minute. */
  readonly timeoutMs?: number
}

/** A folder that is removed after the tests of the file. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'rally-cli-'))
  after(() => rmSync(folder, { recursive: true, force: true }))
  return folder
}

const emptyHome = temporaryFolder()

export function environmentOf({ home, environment }: RunOptions = {}): Record<string, string> {
  return { PATH: process.env['PATH'] ?? '', HOME: home ?? emptyHome, ...environment }
}

/** Resolves with what came out; fails when it takes too long. */
export function rally(line: readonly string[], options: RunOptions = {}): Promise<Ended> {
  const child = spawn(process.execPath, [MAIN, ...line], { env: environmentOf(options), stdio: ['ignore', 'pipe', 'pipe'] })
  const texts = { stdout: '', stderr: '' }
  for (const name of ['stdout', 'stderr'] as const) child[name].setEncoding('utf8').on('data', (text: string) => (texts[name] += text))
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(() => {
      child.kill('SIGKILL')
      reject(new Error(`rally ${line.join(' ')} did not end:\n${texts.stdout}${texts.stderr}`))
    }, options.timeoutMs ?? 60_000)
    child.on('close', (code) => {
      clearTimeout(deadline)
      resolve({ code, ...texts })
    })
  })
}
