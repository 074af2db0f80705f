// Index and template bodies: each file rendered once, however often it is asked for.

import { readdirSync } from 'node:fs'
import { basename, dirname, resolve } from 'node:path'
import { didYouMean } from '../core/close-match.ts'
import type { JsonValue } from '../core/json.ts'
import type { TrackFolder } from './file-text.ts'
import { isFailure, loadDocument } from './load-document.ts'
import type { Mistake } from './mistake.ts'
import type { Templating } from './templating.ts'

export class BodyReader {
  readonly values = new Map<string, JsonValue>()
  readonly mistakes: Mistake[] = []
  readonly warnings: string[] = []
  /** Names that the bodies take from outside. */
  readonly declared = new Set<string>()
  /** False once a body could not be looked at. */
  isWhole = true
  readonly #failed = new Set<string>()
  readonly #folder: TrackFolder
  readonly #templating: Templating

  constructor(folder: TrackFolder, templating: Templating) {
    this.#folder = folder
    this.#templating = templating
  }

  /** @param missing told when there is no such file to look into: that is the fault of the place that names it */
  read(file: string, missing: (message: string) => void): JsonValue | null {
    const known = this.values.get(file)
    if (known !== undefined || this.#failed.has(file)) return known ?? null
    const body = loadDocument({ folder: this.#folder, file, kind: 'body', templating: this.#templating })
    this.warnings.push(...body.warnings)
    if (!isFailure(body)) {
      this.values.set(file, body.value)
      for (const name of body.declared) this.declared.add(name)
      return body.value
    }
    if (body.mistake.kind === 'setup') missing(`${body.mistake.message}${nearestFile(this.#folder, file)}`)
    else {
      this.#failed.add(file)
      this.mistakes.push(body.mistake)
    }
    this.isWhole = false
    return null
  }
}

function nearestFile(folder: TrackFolder, file: string): string {
  try {
    const dir = dirname(resolve(folder.path, file))
    return dir.startsWith(folder.path) ? didYouMean(basename(file), readdirSync(dir)) : ''
  } catch {
    return ''
  }
}
