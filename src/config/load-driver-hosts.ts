// `--load-driver-hosts`: the machines that send the load, as Elastic Rally writes them: `a,b:1901,localhost`, or a JSON array.

import { RallyError } from '../core/errors.ts'
import { parseHost } from './host-text.ts'
import { textList } from './value-grammar.ts'

export interface LoadDriverHost {
  /** As typed, without its port. */
  readonly name: string
  /** null: the one its daemon is known to have. */
  readonly port: number | null
  /** `localhost`: this process itself, no daemon. */
  readonly isLocal: boolean
}

/** Throws RallyError('usage') with all mistakes at once. */
export function loadDriverHosts(text: string): readonly LoadDriverHost[] {
  const problems: string[] = []
  const hosts = textList(text).flatMap((item) => {
    try {
      return [hostOf(item)]
    } catch (error) {
      if (!(error instanceof RallyError)) throw error
      problems.push(error.message)
      return []
    }
  })
  const seen = new Set<string>()
  for (const { name, port } of hosts) {
    const key = `${name}:${port ?? ''}`
    if (seen.has(key)) problems.push(`"${name}" is given twice: a node takes part once`)
    seen.add(key)
  }
  if (hosts.length === 0 && problems.length === 0) problems.push('no host is given')
  if (problems.length > 0) throw new RallyError('usage', problems.join('; '), { hint: 'write a,b:PORT,localhost' })
  return hosts
}

function hostOf(item: string): LoadDriverHost {
  const { host, port, urlScheme, path, auth } = parseHost(item)
  if (host === null) throw new RallyError('usage', 'a host is empty: is there a comma too many?')
  if (urlScheme !== null || path !== '' || auth !== null) throw new RallyError('usage', `"${host}": only a name or address and a port make a load driver`)
  const isLocal = host === 'localhost'
  if (isLocal && port !== null) throw new RallyError('usage', `"${item}": localhost is this process, which listens nowhere; give a daemon by its node's name or address`)
  return { name: host, port, isLocal }
}
