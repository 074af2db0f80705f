// What `rally render-track` shows: every stage of a track.

import type { JsonObject, JsonValue } from '../core/json.ts'
import { unusedParams } from './check-params.ts'
import { findTrack, type TrackSource } from './find-track.ts'
import { isFailure, loadDocument } from './load-document.ts'
import { templatingOf, type TemplateOptions } from './load-track.ts'
import { loadedForm } from './loaded-form.ts'
import { TrackError } from './mistake.ts'
import { readTrackFiles, trackFolder } from './read-track-files.ts'
import { pythonJson } from './python-json.ts'

export interface RenderTrackRequest extends TemplateOptions {
  readonly source: TrackSource
}

/** Every stage of a track; the names are those of `render-track --format=json`. */
export interface RenderedTrack {
  /** The track document. */
  readonly rendered: JsonValue
  /** Index and template bodies by file name as the track writes it. */
  readonly bodies: JsonObject
  /** The model before any filter, with Elastic Rally's names. */
  readonly loaded: JsonObject
  /** Names that the templates take from outside, sorted. */
  readonly declared: readonly string[]
  /** Parameters given that no template takes, sorted: no mistake here. */
  readonly unused: readonly string[]
}

/** Throws TrackError with all mistakes at once; RallyError if there is no such track. */
export async function renderTrack(
  request: RenderTrackRequest
): Promise<{ readonly stages: RenderedTrack; readonly warnings: readonly string[] }> {
  const found = await findTrack(request.source)
  const { track, document, bodies, declared, mistakes, warnings } = readTrackFiles({
    found,
    templating: templatingOf(request),
    challenge: null
  })
  if (track === null || mistakes.length > 0) throw new TrackError(found.name, mistakes, warnings)
  const stages: RenderedTrack = {
    rendered: document,
    bodies: Object.fromEntries(bodies),
    loaded: loadedForm(track, document as JsonObject),
    declared: [...declared].sort(),
    unused: unusedParams(request.params ?? {}, declared)
  }
  return { stages, warnings: [...found.warnings, ...warnings] }
}

/**
 * The rendered document as Elastic Rally's `render-track` prints it, without a line end at its end. It is not checked further: that is
 * what the command is for. `buildFlavor: null` is what Elastic Rally uses when none is given. Throws TrackError, RallyError.
 */
export async function renderedText(request: RenderTrackRequest): Promise<string> {
  const found = await findTrack(request.source)
  const document = loadDocument({ folder: trackFolder(found), file: found.file, kind: 'track', templating: templatingOf(request) })
  if (isFailure(document)) throw new TrackError(found.name, [document.mistake], document.warnings)
  return pythonJson(document.value, 2)
}
