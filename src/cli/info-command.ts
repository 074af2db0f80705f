import { RallyError } from '../core/errors.ts'
import type { Command } from './command.ts'

export const infoCommand: Command = () => Promise.reject(new RallyError('usage', 'rally info is not supported yet'))
