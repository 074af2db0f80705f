import { RallyError } from '../core/errors.ts'
import type { Command } from './command.ts'

export const renderTrackCommand: Command = () => Promise.reject(new RallyError('usage', 'rally render-track is not supported yet'))
