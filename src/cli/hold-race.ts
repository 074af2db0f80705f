// `rally race`: flags → a race → its report.

import { randomBytes, randomUUID } from 'node:crypto'
import type { Config } from '../config/config.ts'
import { systemClock } from '../core/clock.ts'
import { RallyError } from '../core/errors.ts'
import type { JsonObject } from '../core/json.ts'
import { textAt } from '../core/json-path.ts'
import type { OnError, OnNodeLoss, RaceOutcome, RaceRequest } from '../coordinator/race-request.ts'
import { identifyTarget, type IdentifiedTarget } from '../coordinator/identify-target.ts'
import { runRace } from '../coordinator/run-race.ts'
import { usedCorpora } from '../corpus/used-corpora.ts'
import { nodeSettings } from '../driver/node-settings.ts'
import { startEmbeddedNode } from '../embedded/embedded-node.ts'
import type { HttpEngine } from '../target/target-options.ts'
import { loadTrack, type LoadedTrack, type LoadTrackRequest } from '../track/load-track.ts'
import { challengeToRun } from '../track/track.ts'
import type { Command, CommandContext } from './command.ts'
import { isOn, mapOf, textOf } from './flag-values.ts'
import { raceDisplay } from './live-display.ts'
import { endOf, healthWarnings } from './race-end.ts'
import { printReport } from './print-report.ts'
import { bringHere } from './pull-nodes.ts'
import { openNodes } from './race-nodes.ts'
import { claimRace } from './race-claim.ts'
import { requireRaceResults } from './race-results.ts'
import { pipelineFor, raceTarget, type RaceTarget } from './race-target.ts'
import { remakeRace } from './remake-race.ts'
import { checkReportFile } from './report-file.ts'
import { dataFileCheck, loadRequest } from './track-request.ts'

export const raceCommand: Command = async (context) => {
  const { flags, output } = context
  const config = context.config({ datastore: true })
  const raceId = textOf(flags, 'race-id') ?? randomUUID()
  const reportFile = textOf(flags, 'report-file')
  if (reportFile !== null) await checkReportFile(reportFile)
  output.info(`Race id is [${raceId}]`)
  const claim = await claimRace(config, raceId)
  try {
    if (claim.isUsed) output.warning('There is a race with this id already: it will be replaced, and so will its samples')
    await raceToReport(context, config, raceId)
  } finally {
    await claim.release()
  }
}

async function raceToReport(context: CommandContext, config: Config, raceId: string): Promise<void> {
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
  const outcome = await race(context, request)
  if (outcome.hasBegun) context.failsAs('The race failed: ')
  await printReport(context, config, isOn(flags, 'pull-samples') ? await fromSamples(context, config, outcome) : outcome.race)
  const error = endOf(outcome)
  for (const line of healthWarnings(outcome, error)) output.warning(line)
  if (error !== null) throw error
}

/** With exact percentiles, if the samples can be had: a report from histograms is better than none. */
async function fromSamples(context: CommandContext, config: Config, { race: document }: RaceOutcome): Promise<JsonObject> {
  const raceId = textAt(document, 'race-id') ?? ''
  try {
    await bringHere(context, config, raceId)
    return await remakeRace(context, config, { raceId, results: await requireRaceResults(config, raceId), from: 'samples' })
  } catch (error) {
    if (!(error instanceof RallyError) || error.kind === 'cancelled') throw error
    context.output.warning(`${error.message}: the percentiles are those of histograms (later: rally results pull ${raceId})`)
    return document
  }
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

async function race({ flags, output, signal }: CommandContext, request: RaceRequest): Promise<RaceOutcome> {
  const { config } = request
  const settings = nodeSettings(config, (line) => output.onLine('INFO', line))
  const display = raceDisplay(output, systemClock, output.stderrIsTerminal ? process.stderr : null)
  try {
    return await runRace(request, {
      observer: display,
      signal,
      openNodes: () => openNodes({ flags, raceId: request.raceId, settings, output, signal }),
      startEmbedded: () => startEmbeddedNode({}, signal)
    })
  } finally {
    display.end()
  }
}
