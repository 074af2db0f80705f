// The flags that say which track, as the track's loader wants them.

import { join } from 'node:path'
import { dataDir, trackRepositoriesDir } from '../config/directories.ts'
import type { Config } from '../config/config.ts'
import { RallyError } from '../core/errors.ts'
import { missingDataFiles } from '../track/check-corpora.ts'
import type { LoadTrackRequest, TemplateOptions } from '../track/load-track.ts'
import type { Corpus, Track } from '../track/track.ts'
import { isOn, listOf, mapOf, textOf, type FlagValues } from './flag-values.ts'

type TrackSource = LoadTrackRequest['source']

export function trackSource(flags: FlagValues, config: Config, signal: AbortSignal): TrackSource {
  return {
    path: textOf(flags, 'track-path'),
    name: textOf(flags, 'track'),
    repository: textOf(flags, 'track-repository'),
    revision: textOf(flags, 'track-revision'),
    offline: isOn(flags, 'offline'),
    repositoriesDir: trackRepositoriesDir(config),
    repositoryUrls: config.tracks.urls,
    signal
  }
}

/** `SOURCE_DATE_EPOCH` fixes what `now` is in templates. */
export function templateOptions(flags: FlagValues, environment: NodeJS.ProcessEnv): TemplateOptions {
  const flavor = textOf(flags, 'build-flavor')
  const epoch = environment['SOURCE_DATE_EPOCH'] ?? ''
  if (epoch !== '' && !/^\d+(\.\d+)?$/.test(epoch)) throw new RallyError('usage', `SOURCE_DATE_EPOCH: "${epoch}" is no number of seconds`)
  return {
    params: mapOf(flags, 'track-params'),
    serverlessOperator: isOn(flags, 'serverless-operator'),
    ...(flavor === null ? {} : { buildFlavor: flavor }),
    ...(epoch === '' ? {} : { nowSeconds: Number(epoch) })
  }
}

export function loadRequest(flags: FlagValues, config: Config, signal: AbortSignal): LoadTrackRequest {
  return {
    source: trackSource(flags, config, signal),
    ...templateOptions(flags, process.env),
    challenge: textOf(flags, 'challenge'),
    includeTasks: listOf(flags, 'include-tasks') ?? [],
    excludeTasks: listOf(flags, 'exclude-tasks') ?? [],
    ignoreUnusedParams: isOn(flags, 'ignore-unused-track-params'),
    testMode: isOn(flags, 'test-mode')
  }
}

/** Finds data files that can come from nowhere, so that they are named together with the track's other mistakes. */
export function dataFileCheck(
  flags: FlagValues,
  config: Config,
  used?: (track: Track) => readonly Corpus[]
): Required<Pick<LoadTrackRequest, 'moreChecks'>> {
  const isBeside = textOf(flags, 'track-repository') === null
  return {
    moreChecks: (track) =>
      missingDataFiles(track, {
        ...(used === undefined ? {} : { used: used(track) }),
        dirsOf: (corpus) => [...(isBeside ? [track.root] : []), join(dataDir(config), corpus)],
        offline: isOn(flags, 'offline')
      })
  }
}
