// `--report-file`: reports are added at its end, as Elastic Rally does.

import { Stats } from 'node:fs'
import { open, stat } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { messageOf, RallyError, systemCode } from '../core/errors.ts'
import { makeFolder } from '../core/folder.ts'
import { parseJson } from '../core/json-parse.ts'
import { printJson } from '../core/json-print.ts'

/** Throws RallyError('usage') for what no report can be added to; said before the race that it would be of. */
export async function checkReportFile(path: string): Promise<void> {
  const found = await stat(resolve(path)).catch((error: unknown) => error)
  if (found instanceof Stats && found.isDirectory()) throw new RallyError('usage', `--report-file: ${resolve(path)} is a folder`, { hint: 'name a file in it' })
  if (systemCode(found) === 'ENOTDIR') throw new RallyError('usage', `--report-file: ${resolve(path)}: a file stands where a folder should be`, { hint: 'give another path' })
}

/** Makes the folders it stands in, and adds the whole report or nothing; throws RallyError('disk'). */
export async function appendReport(path: string, report: string): Promise<void> {
  const file = resolve(path)
  try {
    await makeFolder(dirname(file))
    const handle = await open(file, 'a')
    try {
      const { size } = await handle.stat()
      // A pipe or a terminal has no beginning to go back to.
      const takeBack = (): Promise<void> => handle.truncate(size).catch(() => {})
      await handle.appendFile(report).catch(async (error: unknown) => {
        await takeBack()
        throw error
      })
    } finally {
      await handle.close()
    }
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
