import type { Command } from './command.ts'

export const compareCommand: Command = () => Promise.resolve()
