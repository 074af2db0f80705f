// `rally race`: the load drivers are called first. They take half a second to be ready, in which the rest of the program is loaded here.

import { randomUUID } from 'node:crypto'
import type { Config } from '../config/config.ts'
import { nodeSettings } from '../driver/node-settings.ts'
import type { Command, CommandContext } from './command.ts'
import { textOf } from './flag-values.ts'
import { claimRace } from './race-claim.ts'
import { callNodes } from './race-nodes.ts'
import { checkReportFile } from './report-file.ts'

export const raceCommand: Command = async (context) => {
  const { flags, output } = context
  const config = context.config({ datastore: true })
  const raceId = textOf(flags, 'race-id') ?? randomUUID()
  const reportFile = textOf(flags, 'report-file')
  if (reportFile !== null) await checkReportFile(reportFile)
  output.info(`Race id is [${raceId}]`)
  const claim = await claimRace(config, raceId)
  try {
    if (claim.isUsed) output.warning('There is a race with this id already: it will be replaced, and so will its samples')
    await raceOnNodes(context, config, raceId)
  } finally {
    await claim.release()
  }
}

async function raceOnNodes(context: CommandContext, config: Config, raceId: string): Promise<void> {
  const { flags, output, signal } = context
  const settings = nodeSettings(config, (line) => output.onLine('INFO', line))
  const nodes = callNodes({ flags, raceId, settings, output, signal })
  try {
    const { holdRace } = await import('./hold-race.ts')
    await holdRace(context, { config, raceId, openNodes: () => nodes.open() })
  } finally {
    await nodes.dismiss()
  }
}
