// `rally validate-track`: every mistake of a track, without a target.

import { loadTrack } from '../track/load-track.ts'
import { validationLines } from '../track/track-info.ts'
import type { Command } from './command.ts'
import { dataFileCheck, loadRequest } from './track-request.ts'

export const validateTrackCommand: Command = async ({ flags, output, config: readConfig, signal }) => {
  const config = readConfig({ datastore: false })
  const { track, warnings } = await loadTrack({ ...loadRequest(flags, config, signal), ...dataFileCheck(flags, config) })
  // Even quiet: what one asked was whether there is anything wrong.
  for (const warning of warnings) output.print(`[WARNING] ${warning}`)
  for (const line of validationLines(track)) output.info(line)
}
