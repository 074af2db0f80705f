import { RallyError } from '../core/errors.ts'
import type { Command } from './command.ts'

export const raceCommand: Command = () => Promise.reject(new RallyError('usage', 'rally race is not supported yet'))
