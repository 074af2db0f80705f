// What `rally list` prints: plain columns under dashes, as Elastic Rally has them.

import { countText, sizeText } from '../core/units.ts'
import { objectAt, textAt } from '../core/json-path.ts'
import { tagText } from '../metrics/race-store.ts'
import type { StoredRace } from '../metrics/stored-race.ts'
import { drawTable, type Cell } from './table.ts'

/** `Recent races:` and their table, or that there are none; ended by a newline. */
export function racesText(races: readonly StoredRace[]): string {
  if (races.length === 0) return '\nNo recent races found.\n'
  const headers = [
    'Race ID',
    'Race Timestamp',
    'Track',
    'Challenge',
    'Car',
    'ES Version',
    'Revision',
    'Rally Version',
    'Track Revision',
    'Team Revision',
    'User Tags'
  ]
  // A race of ours says how it ended: one that was cancelled looks like any other in Elastic Rally's list.
  const hasStatus = races.some((race) => race.status !== null)
  const rows = races.map((race) => [...raceRow(race), ...(hasStatus ? [statusOf(race)] : [])])
  return `\nRecent races:\n\n${columns(hasStatus ? [...headers, 'Status'] : headers, rows)}\n`
}

/** One whose figures cannot be trusted must not look like any other. */
function statusOf({ status, document }: StoredRace): string | null {
  return textAt(document, 'health', 'verdict') === 'invalid' ? `${status ?? 'ended'}, invalid` : status
}

function raceRow(race: StoredRace): readonly Cell[] {
  const cluster = objectAt(race.document, 'cluster')
  const tags = Object.entries(race.userTags).sort(([a], [b]) => (a < b ? -1 : 1))
  return [
    race.raceId,
    race.raceTimestamp,
    race.track,
    race.challenge,
    race.car,
    textAt(cluster, 'distribution-version'),
    textAt(cluster, 'revision'),
    textAt(race.document, 'rally-version'),
    textAt(race.document, 'track-revision'),
    textAt(cluster, 'team-revision'),
    tags.length === 0 ? null : tags.map(([key, value]) => `${key}=${tagText(value)}`).join(', ')
  ]
}

export interface ListedTrack {
  readonly name: string
  readonly description: string
  readonly documents: number
  /** null: not known. */
  readonly compressedBytes: number | null
  readonly uncompressedBytes: number | null
  /** null: made from a top-level `schedule`. */
  readonly defaultChallenge: string | null
  readonly challenges: readonly string[]
}

/** `Available tracks:` by name, with their challenges if any track names some; ended by a newline. */
export function tracksText(tracks: readonly ListedTrack[]): string {
  const size = (bytes: number | null): string => (bytes === null ? 'N/A' : sizeText(bytes))
  const hasChallenges = tracks.some((track) => track.defaultChallenge !== null)
  const rows = tracks
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
    .map((track) => [
      track.name,
      track.description,
      countText(track.documents),
      size(track.compressedBytes),
      size(track.uncompressedBytes),
      ...(hasChallenges ? [track.defaultChallenge, [...track.challenges].sort().join(',')] : [])
    ])
  const headers = [
    'Name',
    'Description',
    'Documents',
    'Compressed Size',
    'Uncompressed Size',
    ...(hasChallenges ? ['Default Challenge', 'All Challenges'] : [])
  ]
  return `\nAvailable tracks:\n\n${columns(headers, rows)}\n`
}

export interface ListedPipeline {
  readonly name: string
  readonly description: string
}

/** `Available pipelines:`; ended by a newline. */
export function pipelinesText(pipelines: readonly ListedPipeline[]): string {
  return `\nAvailable pipelines:\n\n${columns(
    ['Name', 'Description'],
    pipelines.map(({ name, description }) => [name, description])
  )}\n`
}

// Ids and hashes are no numbers, even where they look like some.
function columns(headers: readonly string[], rows: readonly (readonly Cell[])[]): string {
  return drawTable(headers, rows, { format: 'simple', numbersAlign: 'decimal', textAlign: 'left', parseNumbers: false })
}
