import { RallyError } from '../core/errors.ts'
import type { Command } from './command.ts'

export const compareCommand: Command = () => Promise.reject(new RallyError('usage', 'rally compare is not supported yet'))
