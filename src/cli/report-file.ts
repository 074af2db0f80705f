// `--report-file`: reports are added at its end, as Elastic Rally does.

import { appendFile, mkdir } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { messageOf, RallyError } from '../core/errors.ts'
import { parseJson } from '../core/json-parse.ts'
import { printJson } from '../core/json-print.ts'

/** Makes the folders it stands in; throws RallyError('disk'). */
export async function appendReport(path: string, report: string): Promise<void> {
  const file = resolve(path)
  try {
    await mkdir(dirname(file), { recursive: true })
    await appendFile(file, report)
  } catch (error) {
    throw new RallyError('disk', `the report cannot be written to ${file}: ${messageOf(error)}`, {
      hint: 'check the path and the free space, or leave --report-file out'
    })
  }
}

/** One report a line: so a file with several of them can be read as lines of JSON. */
export function jsonLine(json: string): string {
  return `${printJson(parseJson(json, { allowNonFinite: true }))}\n`
}
