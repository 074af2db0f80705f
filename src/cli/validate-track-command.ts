import { RallyError } from '../core/errors.ts'
import type { Command } from './command.ts'

export const validateTrackCommand: Command = () => Promise.reject(new RallyError('usage', 'rally validate-track is not supported yet'))
