import assert from 'node:assert/strict'
import { test } from 'node:test'
import type { RaceRequest } from '../../../src/coordinator/race-request.ts'
import type { RaceServices } from '../../../src/coordinator/race-services.ts'
import { setUpRace } from '../../../src/coordinator/race-setup.ts'
import type { ScheduleElement } from '../../../src/track/track.ts'
import { buildOperation, buildTask, buildTrack } from '../../helpers/build-track.ts'

const setUp = (schedule: readonly ScheduleElement[]): ReturnType<typeof setUpRace> =>
  setUpRace({ track: buildTrack(schedule), target: {} } as unknown as RaceRequest, {} as RaceServices, [])

test('more clients than a schedule can be dealt to are refused before anything is made for them', async () => {
  const operation = buildOperation('sleep', { duration: 0 })
  const task = buildTask(operation, { clients: 1_000_000_000 })
  await assert.rejects(
    setUp([task]),
    /1,000,000,000 clients in 1 element\(s\) of the schedule: clients × elements may be 2,000,000 at most/
  )
  await assert.rejects(setUp([{ kind: 'parallel', clients: 1, tasks: [task] }]), /may be 2,000,000 at most/)
  assert.equal((await setUp([buildTask(operation, { clients: 20_000 })])).targetGone, null)
})
