import type { Command } from './command.ts'

export const validateTrackCommand: Command = () => Promise.resolve()
