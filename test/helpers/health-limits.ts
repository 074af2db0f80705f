// The limits of the load generator's health as they are without a rally.ini.

import { loadConfig } from '../../src/config/load-config.ts'

export const HEALTH_LIMITS = loadConfig({ environment: {}, homeDir: '/nonexistent' }).health
