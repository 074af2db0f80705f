import type { NodeFacts } from '../../src/protocol/hello.ts'

export const FACTS: NodeFacts = { cores: 2, memoryBytes: 1, freeDiskBytes: null, os: 'linux', runtime: 'v20', loopDelayMs: null }
