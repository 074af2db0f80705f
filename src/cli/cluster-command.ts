// `rally cluster key create|export|import`: the key that lets a coordinator and its nodes trust each other. It goes from stdout to
// stdin, never through an argument: those are seen by all users of a machine.

import { homedir } from 'node:os'
import { clusterKeyFile, configDir } from '../config/directories.ts'
import { RallyError } from '../core/errors.ts'
import { createClusterKey, exportNodeKey, importNodeKey, readKey } from '../protocol/cluster-key.ts'
import type { Command, CommandContext } from './command.ts'
import { isOn, textOf } from './flag-values.ts'
import { readInputLine } from './input-line.ts'

export const clusterCommand: Command = async (context) => {
  await ACTIONS[context.argument as keyof typeof ACTIONS](context, clusterKeyFile(configDir(process.env, homedir())))
}

const ACTIONS = { 'key create': create, 'key export': exportKey, 'key import': importKey } as const

async function create({ flags, output }: CommandContext, path: string): Promise<void> {
  await createClusterKey(path, { replace: isOn(flags, 'force') })
  output.print(`The cluster's key is in ${path}. Each node gets its own, made of it, by the name of its daemon:`)
  output.print('  rally cluster key export --node a | ssh a rally cluster key import')
}

async function exportKey({ flags, output }: CommandContext, path: string): Promise<void> {
  const node = textOf(flags, 'node')
  if (node === null) throw new RallyError('usage', '--node is required: the node that gets this key')
  const stored = await readKey(path)
  if (stored === null) throw new RallyError('config', `there is no key in ${path}`, { hint: 'run it on the coordinator, after `rally cluster key create`' })
  if (stored.kind === 'node') {
    throw new RallyError('config', `this machine has the key of node ${stored.node} only`, { hint: 'run it on the coordinator, which has the key of the cluster' })
  }
  output.print(exportNodeKey(stored.key, node))
  if (output.stdoutIsTerminal) output.errorDetail(`This line lets its reader play node ${node}: bring it there, and nowhere else.`)
}

async function importKey({ flags, output, signal }: CommandContext, path: string): Promise<void> {
  if (process.stdin.isTTY) output.errorDetail('Paste the line of `rally cluster key export` and press Enter:')
  const line = await readInputLine(process.stdin, signal)
  if (line.trim() === '') {
    throw new RallyError('config', 'no key came over stdin', { hint: 'on the coordinator: rally cluster key export --node NAME | ssh HOST rally cluster key import' })
  }
  const node = await importNodeKey(path, line, { replace: isOn(flags, 'force') })
  output.print(`This machine has the key of node ${node} now. A daemon that runs takes it with its next start: rally daemon restart --node-name=${node}`)
}
