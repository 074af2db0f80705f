import type { Command } from './command.ts'

export const raceCommand: Command = () => Promise.resolve()
