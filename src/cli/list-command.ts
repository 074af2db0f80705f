import type { Command } from './command.ts'

export const listCommand: Command = () => Promise.resolve()
