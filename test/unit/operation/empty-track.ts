import type { Track } from '../../../src/track/track.ts'

/** A track that declares nothing. */
export const emptyTrack: Track = {
  name: 'empty',
  description: '',
  meta: {},
  root: '/nowhere',
  hasPlugins: false,
  indices: [],
  dataStreams: [],
  templates: [],
  composableTemplates: [],
  componentTemplates: [],
  corpora: [],
  challenges: [],
  dependencies: []
}
