// What a flag is. The tables in race-flags.ts and command-table.ts say which there are; reading, messages and help follow from them.

/** How the value of a flag is read; `switch` has none, `pair` is a switch with a `--no-` form. */
export type ValueKind =
  | 'switch'
  | 'pair'
  | 'text'
  | 'path'
  | 'list'
  | 'map'
  | 'hosts'
  | 'load-drivers'
  | 'options'
  | 'count'
  | 'date'
  | 'race-id'
  | 'node-name'
  | 'ip'
  | 'address'
  | 'port'

export interface Flag {
  /** Without the dashes. */
  readonly name: string
  readonly aliases: readonly string[]
  readonly kind: ValueKind
  /** What stands for the value in help: `NAME`. */
  readonly valueName: string
  /** The only values taken; null: any. */
  readonly choices: readonly string[] | null
  /** Values that Elastic Rally takes and we not yet. */
  readonly laterChoices: readonly string[]
  /** As help shows it; null: none. */
  readonly fallback: string | null
  readonly help: string
  readonly group: string
  /** `later`: known, but refused by name. */
  readonly state: 'served' | 'later'
  /** Elastic Rally's flags go first when a flag is shortened, so that its users' habits keep their meaning. */
  readonly origin: 'elastic' | 'rally'
}

type Extra = Partial<Pick<Flag, 'aliases' | 'choices' | 'laterChoices' | 'fallback' | 'origin' | 'valueName'>>

/** `spec` is `name` or `name VALUE`. */
export function flag(kind: ValueKind, spec: string, help: string, extra: Extra = {}): Flag {
  const [name = '', valueName = ''] = spec.split(' ')
  const base = {
    name,
    valueName,
    kind,
    help,
    aliases: [],
    choices: null,
    laterChoices: [],
    fallback: null,
    group: '',
    state: 'served',
    origin: 'elastic'
  } as const
  return { ...base, ...extra }
}

/** Flags of Elastic Rally that are known and not served yet. */
export function later(names: string, switches = '', origin: Flag['origin'] = 'elastic'): Flag[] {
  const one =
    (kind: ValueKind) =>
    (name: string): Flag => ({ ...flag(kind, name, '', { origin }), state: 'later' })
  const words = (text: string): string[] => text.split(' ').filter((word) => word !== '')
  return [...words(names).map(one('text')), ...words(switches).map(one('switch'))]
}

export function group(name: string, flags: readonly Flag[]): Flag[] {
  return flags.map((one) => ({ ...one, group: name }))
}

/** Of every command. */
export const COMMON_FLAGS: readonly Flag[] = group('General', [
  flag('pair', 'quiet', 'say only what was asked for, and errors'),
  flag('switch', 'offline', 'fetch nothing from the network but from the target'),
  flag('text', 'configuration-name NAME', 'read rally-<NAME>.ini instead of rally.ini'),
  flag('text', 'datastore-type TYPE', 'keep results where no other store is served yet, whatever the ini says', {
    choices: ['in-memory'],
    origin: 'rally'
  }),
  flag('switch', 'help', 'show this page')
])
