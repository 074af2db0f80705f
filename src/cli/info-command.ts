// `rally info`.

import { loadTrack } from '../track/load-track.ts'
import { trackInfo } from '../track/track-info.ts'
import type { Command } from './command.ts'
import { loadRequest } from './track-request.ts'

export const infoCommand: Command = async ({ flags, output, config, signal }) => {
  const { track, warnings } = await loadTrack(loadRequest(flags, config({ datastore: false }), signal))
  for (const warning of warnings) output.warning(warning)
  output.print(trackInfo(track))
}
