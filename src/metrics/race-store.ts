// Races on disk: `races/<race-id>/race.json` and `summary.json` beside it.

import { readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { writeFileAtomically } from '../core/atomic-file.ts'
import { closestMatch } from '../core/close-match.ts'
import { RallyError, messageOf, systemCode } from '../core/errors.ts'
import { isObject, type JsonObject, type JsonValue } from '../core/json.ts'
import { parseJson } from '../core/json-parse.ts'
import { printJson } from '../core/json-print.ts'
import { pythonText, type PythonNumber } from '../core/python-number.ts'
import type { Track } from '../track/track.ts'
import { withoutSecrets } from './race.ts'
import { storedRace, type StoredRace } from './stored-race.ts'

/** Which races a list shows; a field that is absent lets all through. */
export interface RaceFilter {
  readonly track?: string
  readonly challenge?: string
  /** The user tag `name` or `benchmark-name`. */
  readonly benchmarkName?: string
  /** `20240102`, both inclusive, UTC. */
  readonly fromDate?: string
  readonly toDate?: string
  /** All must be there with this value. */
  readonly userTags?: JsonObject
  readonly limit?: number
}

export interface RaceList {
  /** Newest first. */
  readonly races: readonly StoredRace[]
  /** One line for each race that could not be read. */
  readonly warnings: readonly string[]
}

/** Writes race.json of the race named in the document; throws RallyError('disk'). */
export async function storeRace(racesDir: string, document: JsonObject): Promise<void> {
  await writeFileAtomically(join(racesDir, folderName(document), 'race.json'), `${printJson(document, { indent: 1 })}\n`)
}

/** Writes track.json, what the race runs of its track: after a crash the report is made with it. Throws RallyError('disk'). */
export async function storeTrack(racesDir: string, raceId: string, track: Track): Promise<void> {
  const shown = withoutSecrets(track as unknown as JsonObject)
  await writeFileAtomically(join(racesDir, folderName({ 'race-id': raceId }), 'track.json'), `${printJson(shown)}\n`)
}

/** null: the race left none (Elastic Rally's do not). */
export async function findTrack(racesDir: string, raceId: string): Promise<Track | null> {
  const text = await textOf(join(racesDir, raceId, 'track.json'))
  return text === null ? null : (parseJson(text) as unknown as Track)
}

/** summary.json of a race; null: there is none. */
export async function findSummary(racesDir: string, raceId: string): Promise<JsonObject | null> {
  const text = await textOf(join(racesDir, raceId, 'summary.json'))
  const summary = text === null ? null : parseJson(text)
  return isObject(summary) ? summary : null
}

async function textOf(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8')
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return null
    throw new RallyError('disk', `${path}: ${messageOf(error)}`)
  }
}

/** Writes summary.json, the state of a race while it runs; throws RallyError('disk'). */
export async function storeSummary(racesDir: string, summary: JsonObject): Promise<void> {
  await writeFileAtomically(join(racesDir, folderName(summary), 'summary.json'), `${printJson(summary, { indent: 1 })}\n`)
}

function folderName(document: JsonObject): string {
  const raceId = document['race-id']
  if (typeof raceId === 'string' && isFolderName(raceId)) return raceId
  throw new RallyError('race', `race id ${printJson(raceId)} cannot name a folder`, { hint: 'use letters, digits, - and _' })
}

function isFolderName(text: string): boolean {
  return text !== '' && text !== '.' && text !== '..' && !/[/\\\0]/.test(text)
}

/** Throws RallyError('race') if there is none of this id, or its file cannot be read. */
export async function findRace(racesDir: string, raceId: string): Promise<StoredRace> {
  const ids = await raceIds(racesDir)
  if (!ids.includes(raceId)) {
    const nearest = closestMatch(raceId, ids)
    const hint = nearest === null ? 'see `rally list races`' : `did you mean [${nearest}]? See \`rally list races\``
    throw new RallyError('race', `no race with race id [${raceId}] in ${racesDir}`, { hint })
  }
  try {
    return await readRace(racesDir, raceId)
  } catch (error) {
    throw new RallyError('race', `${join(racesDir, raceId, 'race.json')}: ${messageOf(error)}`, {
      hint: 'the file is damaged, or no race was stored there'
    })
  }
}

/** Races that match, newest first. Files that cannot be read are skipped, with a warning each. */
export async function listRaces(racesDir: string, filter: RaceFilter = {}): Promise<RaceList> {
  const races: StoredRace[] = []
  const warnings: string[] = []
  for (const raceId of await raceIds(racesDir)) {
    try {
      races.push(await readRace(racesDir, raceId))
    } catch (error) {
      // A folder without race.json is not a race: a node keeps other things beside them.
      if (systemCode(error) === 'ENOENT' || systemCode(error) === 'ENOTDIR') continue
      warnings.push(`${join(racesDir, raceId, 'race.json')} is skipped: ${messageOf(error)}`)
    }
  }
  const matching = races
    .filter((race) => matches(race, filter))
    .sort((a, b) => b.startedAtMs - a.startedAtMs || (a.raceId < b.raceId ? -1 : 1))
  return { races: matching.slice(0, filter.limit ?? matching.length), warnings }
}

async function raceIds(racesDir: string): Promise<readonly string[]> {
  try {
    return await readdir(racesDir)
  } catch (error) {
    if (systemCode(error) === 'ENOENT') return []
    throw new RallyError('disk', `${racesDir}: races cannot be listed: ${messageOf(error)}`, { hint: 'check root.dir in rally.ini' })
  }
}

async function readRace(racesDir: string, raceId: string): Promise<StoredRace> {
  const text = await readFile(join(racesDir, raceId, 'race.json'), 'utf8')
  return storedRace(parseJson(text, { allowNonFinite: true }))
}

function matches(race: StoredRace, filter: RaceFilter): boolean {
  const tags = race.userTags
  const day = race.raceTimestamp.slice(0, 8)
  return (
    (filter.track === undefined || race.track === filter.track) &&
    (filter.challenge === undefined || race.challenge === filter.challenge) &&
    (filter.benchmarkName === undefined || tags['name'] === filter.benchmarkName || tags['benchmark-name'] === filter.benchmarkName) &&
    (filter.fromDate === undefined || day >= filter.fromDate) &&
    (filter.toDate === undefined || day <= filter.toDate) &&
    Object.entries(filter.userTags ?? {}).every(([key, value]) => Object.hasOwn(tags, key) && sameTag(tags[key] ?? null, value))
  )
}

// `5` on the command line and `"5"` in a file are the same tag.
function sameTag(a: JsonValue, b: JsonValue): boolean {
  return tagText(a) === tagText(b)
}

/** A tag's value as Python prints it: `5`, `True`, `None`, `text`. */
export function tagText(value: JsonValue): string {
  if (value === null) return 'None'
  if (typeof value === 'boolean') return value ? 'True' : 'False'
  if (typeof value === 'string') return value
  return typeof value === 'number' || !(isObject(value) || Array.isArray(value)) ? pythonText(value as PythonNumber) : printJson(value)
}
