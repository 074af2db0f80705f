import type { Command } from './command.ts'

export const infoCommand: Command = () => Promise.resolve()
