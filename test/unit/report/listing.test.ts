import assert from 'node:assert/strict'
import { test } from 'node:test'
import { storedRace } from '../../../src/metrics/stored-race.ts'
import { pipelinesText, racesText, tracksText } from '../../../src/report/listing.ts'

const race = {
  'rally-version': '2.13.0.dev',
  environment: 'local',
  'race-id': 'race-a',
  'race-timestamp': '20240102T030405Z',
  pipeline: 'benchmark-only',
  'user-tags': { intention: 'base' },
  track: 'demo',
  car: ['external'],
  challenge: 'append',
  'track-revision': 'abc1234',
  cluster: { revision: 'deadbeef', 'distribution-version': '9.0.0', 'team-revision': null }
}

test('races of Elastic Rally are listed as it lists them', () => {
  assert.equal(
    racesText([storedRace(race)]),
    `
Recent races:

Race ID    Race Timestamp    Track    Challenge    Car       ES Version    Revision    Rally Version    Track Revision    Team Revision    User Tags
---------  ----------------  -------  -----------  --------  ------------  ----------  ---------------  ----------------  ---------------  --------------
race-a     20240102T030405Z  demo     append       external  9.0.0         deadbeef    2.13.0.dev       abc1234                            intention=base
`
  )
  assert.equal(racesText([]), '\nNo recent races found.\n')
})

test('a race of ours tells how it ended', () => {
  const text = racesText([storedRace(race), storedRace({ ...race, 'race-id': 'b', status: 'cancelled', 'user-tags': { z: true, a: 1 } })])
  assert.match(text, /User Tags +Status\n/)
  assert.match(text, /\nb .*a=1, z=True +cancelled\n/)
})

test('a revision that looks like a number stays as it is', () => {
  assert.match(racesText([storedRace({ ...race, cluster: { revision: '42992e1' } })]), / 42992e1 /)
})

test('tracks are listed by name with sizes for people', () => {
  const text = tracksText([
    {
      name: 'geonames',
      description: 'POIs',
      documents: 11396503,
      compressedBytes: 265186304,
      uncompressedBytes: null,
      defaultChallenge: null,
      challenges: []
    },
    {
      name: 'cities',
      description: 'Places',
      documents: 135233,
      compressedBytes: 7_000_000,
      uncompressedBytes: 30_000_000,
      defaultChallenge: 'b',
      challenges: ['b', 'a']
    }
  ])
  const lines = text.split('\n')
  assert.match(lines[5] ?? '', /^cities +Places +135,233 +6\.7MB +28\.6MB +b +a,b$/)
  assert.match(lines[6] ?? '', /^geonames +POIs +11,396,503 +252\.9MB +N\/A$/)
})

test('without a named challenge the columns of challenges are left out', () => {
  const text = tracksText([
    { name: 'x', description: '', documents: 1, compressedBytes: 1, uncompressedBytes: 1, defaultChallenge: null, challenges: ['default'] }
  ])
  assert.ok(!text.includes('Challenge'))
  assert.match(pipelinesText([{ name: 'embedded', description: 'Runs it' }]), /\nembedded +Runs it\n$/)
})
