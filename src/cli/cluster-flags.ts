// The flags of `rally cluster`.

import { flag, group, type Flag } from './flag.ts'

export const CLUSTER_FLAGS: readonly Flag[] = group('Key', [
  flag('node-name', 'node ID', 'key export: the node that gets this key, by the name of its daemon', { origin: 'rally' }),
  flag('switch', 'force', 'key create, key import: replace the key that is there', { origin: 'rally' })
])
