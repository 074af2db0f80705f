// The flags of `rally daemon` and `rally status`.

import { flag, group, type Flag } from './flag.ts'

export const DAEMON_FLAGS: readonly Flag[] = [
  ...group('Daemon', [
    flag('node-name', 'node-name NAME', "id of this node; its key is made for it (default: the machine's name)", { origin: 'rally' }),
    flag('ip', 'node-ip IP', 'address of this machine to listen on; without it, only this machine can reach the daemon'),
    flag('address', 'coordinator-ip IP', "address of the coordinator's daemon; on the coordinator: the same as --node-ip"),
    flag('port', 'port PORT', 'port to listen on, and of the coordinator', { fallback: '1900', origin: 'rally' }),
    flag('switch', 'foreground', 'start: stay in the foreground and show the log', { origin: 'rally' })
  ]),
  ...group('General', [flag('switch', 'json', 'status: as JSON', { origin: 'rally' })])
]

export const STATUS_FLAGS: readonly Flag[] = group('General', [
  flag('switch', 'json', 'as JSON', { origin: 'rally' }),
  flag('switch', 'watch', 'again and again, until Ctrl-C', { origin: 'rally' })
])
