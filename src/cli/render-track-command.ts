import type { Command } from './command.ts'

export const renderTrackCommand: Command = () => Promise.resolve()
