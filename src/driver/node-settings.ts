import { dataDir, nodeDir } from '../config/directories.ts'
import type { Config } from '../config/config.ts'
import type { NodeSettings } from './prepare-node.ts'

/** What this machine is set to as a node. */
export function nodeSettings(config: Config, log: NodeSettings['log']): NodeSettings {
  const { sampleQueueSize, sampleKeepDays: keepDays, sampleKeepDiskPercent: keepDiskPercent } = config.reporting
  return {
    availableCores: config.system.availableCores,
    dataCacheDir: dataDir(config),
    sampleQueueSize,
    results: { dir: nodeDir(config.confDir), keepDays, keepDiskPercent },
    log
  }
}
