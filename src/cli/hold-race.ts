// A race from its target to its report.

import { randomBytes } from 'node:crypto'
import type { Config } from '../config/config.ts'
import { systemClock } from '../core/clock.ts'
import type { JsonObject } from '../core/json.ts'
import type { OnError, OnNodeLoss, RaceOutcome, RaceRequest } from '../coordinator/race-request.ts'
import { identifyTarget, type IdentifiedTarget } from '../coordinator/identify-target.ts'
import type { RaceServices } from '../coordinator/race-services.ts'
import { runRace } from '../coordinator/run-race.ts'
import { usedCorpora } from '../corpus/used-corpora.ts'
import { startEmbeddedNode } from '../embedded/embedded-node.ts'
import type { HttpEngine } from '../target/target-options.ts'
import { loadTrack, type LoadedTrack, type LoadTrackRequest } from '../track/load-track.ts'
import { challengeToRun } from '../track/track.ts'
import type { CommandContext } from './command.ts'
import { isOn, mapOf, textOf } from './flag-values.ts'
import { plainDisplay, terminalDisplay } from './live-display.ts'
import { endOf, healthWarnings } from './race-end.ts'
import { printReport } from './print-report.ts'
import { pipelineFor, raceTarget, type RaceTarget } from './race-target.ts'
import { dataFileCheck, loadRequest } from './track-request.ts'

export interface RaceCall {
  readonly config: Config
  readonly raceId: string
  readonly openNodes: RaceServices['openNodes']
}

export async function holdRace(context: CommandContext, { config, raceId, openNodes }: RaceCall): Promise<void> {
  const { flags, output, signal } = context
  const target = raceTarget(flags)
  for (const warning of target.warnings) output.warning(warning)
  const engine = (textOf(flags, 'http-engine') as HttpEngine | null) ?? config.system.httpEngine
  const identified = await identify(context, target, engine)
  const load = { ...loadRequest(flags, config, signal), ...dataFileCheck(flags, config, usedCorpora) }
  const loaded = await loadTrack(identified === null ? load : forTarget(load, identified.facts))
  for (const { text } of loaded.serverlessLines) output.info(text)
  for (const warning of loaded.warnings) output.warning(warning)
  const request = raceRequest(context, { config, raceId, loaded, target, engine, identified })
  const userInfo = challengeToRun(loaded.track)?.userInfo ?? null
  if (userInfo !== null && userInfo !== '') output.info(userInfo)
  const outcome = await race(context, request, openNodes)
  if (outcome.hasBegun) context.failsAs('The race failed: ')
  await printReport(context, config, await documentOf(context, config, outcome))
  const error = endOf(outcome)
  for (const line of healthWarnings(outcome, error)) output.warning(line)
  if (error !== null) throw error
}

async function documentOf(context: CommandContext, config: Config, outcome: RaceOutcome): Promise<JsonObject> {
  if (!isOn(context.flags, 'pull-samples')) return outcome.race
  const { fromSamples } = await import('./race-samples.ts')
  return fromSamples(context, config, outcome)
}

/** What a given target is, asked before the track is read, which may render otherwise for it; null: the embedded node, or none. */
async function identify({ output, signal }: CommandContext, target: RaceTarget, engine: HttpEngine): Promise<IdentifiedTarget | null> {
  if (target.hosts.length === 0) return null
  const onWaiting = (line: string): void => output.info(line)
  return identifyTarget(target.hosts, { clientOptions: target.options, engine, signal, onWaiting })
}

/** Elastic Rally's rules: no flavour told means `oss`; a repository's branch follows the version. */
function forTarget(load: LoadTrackRequest, facts: IdentifiedTarget['facts']): LoadTrackRequest {
  const { isServerless, isServerlessOperator } = facts
  const source = { ...load.source, distributionVersion: isServerless ? null : facts.version }
  return { ...load, source, buildFlavor: facts.buildFlavor ?? 'oss', isServerless, serverlessOperator: isServerlessOperator }
}

interface RaceParts {
  readonly config: Config
  readonly raceId: string
  readonly loaded: LoadedTrack
  readonly target: RaceTarget
  readonly engine: HttpEngine
  readonly identified: IdentifiedTarget | null
}

function raceRequest({ flags }: CommandContext, { config, raceId, loaded, target, engine, identified }: RaceParts): RaceRequest {
  const { track, origin, revision } = loaded
  const isBundled = origin === 'bundled'
  return {
    raceId,
    config,
    track,
    trackFolder: { root: origin === 'repository' ? null : track.root, isBundled },
    trackParams: mapOf(flags, 'track-params'),
    trackRevision: revision,
    pipeline: target.pipeline ?? pipelineFor(isBundled),
    target: identified,
    clientOptions: target.options,
    httpEngine: engine,
    onError: (textOf(flags, 'on-error') ?? 'continue') as OnError,
    onNodeLoss: (textOf(flags, 'on-node-loss') ?? 'abort') as OnNodeLoss,
    seed: textOf(flags, 'seed') ?? randomBytes(8).toString('hex'),
    testMode: isOn(flags, 'test-mode'),
    offline: isOn(flags, 'offline'),
    distributesCorpora: !isOn(flags, 'no-distribute-corpora'),
    userTags: mapOf(flags, 'user-tags'),
    enableAssertions: isOn(flags, 'enable-assertions')
  }
}

async function race({ output, signal }: CommandContext, request: RaceRequest, openNodes: RaceServices['openNodes']): Promise<RaceOutcome> {
  const display =
    output.stderrIsTerminal && !output.isQuiet ? await terminalDisplay(output, process.stderr) : plainDisplay(output, systemClock)
  try {
    return await runRace(request, {
      observer: display,
      signal,
      openNodes,
      startEmbedded: () => startEmbeddedNode({}, signal)
    })
  } finally {
    display.end()
  }
}
