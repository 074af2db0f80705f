// `rally render-track`: a track as its template makes it.

import { writeFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { messageOf, RallyError } from '../core/errors.ts'
import { makeFolder } from '../core/folder.ts'
import { printJson } from '../core/json-print.ts'
import { renderedText, renderTrack } from '../track/render-track.ts'
import type { Command } from './command.ts'
import { textOf } from './flag-values.ts'
import { templateOptions, trackSource } from './track-request.ts'

export const renderTrackCommand: Command = async ({ flags, output, config, signal }) => {
  const request = { source: trackSource(flags, config({ datastore: false }), signal), ...templateOptions(flags, process.env) }
  let text
  if (textOf(flags, 'format') === 'json') {
    const { stages, warnings } = await renderTrack(request)
    for (const warning of warnings) output.warning(warning)
    text = printJson(stages)
  } else text = await renderedText(textOf(flags, 'build-flavor') === null ? { ...request, buildFlavor: null } : request)
  const path = textOf(flags, 'output-path')
  if (path === null) output.printJson(text)
  else await write(resolve(path), text)
}

async function write(path: string, text: string): Promise<void> {
  try {
    await makeFolder(dirname(path))
    await writeFile(path, `${text}\n`)
  } catch (error) {
    throw new RallyError('disk', `${path} cannot be written: ${messageOf(error)}`, { hint: 'check --output-path' })
  }
}
