// `--test-mode`: the same track with a thousand documents, a request or two per task and no patience.

import { splitExtension } from './archive-name.ts'
import { targetThroughputOf } from './target-throughput.ts'
import type { Corpus, DocumentSet, ScheduleElement, Task, Track } from './track.ts'

const TEST_DOCUMENTS = 1000
const TEST_SECONDS = 10
/** Python's largest plain integer: throttled still, but practically at full speed. */
const FULL_SPEED = '9223372036854775807'

/** @param refuse hears of tasks whose target throughput cannot be read */
export function inTestMode(track: Track, refuse: (task: Task, problem: string) => void): Track {
  const testTask = (task: Task): Task => quickTask(task, refuse)
  const quick = (element: ScheduleElement): ScheduleElement =>
    element.kind === 'task' ? testTask(element) : { ...element, tasks: element.tasks.map(testTask) }
  return {
    ...track,
    corpora: track.corpora.map((corpus): Corpus => ({ ...corpus, documents: corpus.documents.map(testDocuments) })),
    challenges: track.challenges.map((challenge) => ({ ...challenge, schedule: challenge.schedule.map(quick) }))
  }
}

/** `documents.json.bz2` → `documents-1k.json.bz2`; sizes are unknown then. Small sets stay as they are. */
function testDocuments(set: DocumentSet): DocumentSet {
  if (set.numberOfDocuments <= TEST_DOCUMENTS) return set
  const small = { ...set, numberOfDocuments: TEST_DOCUMENTS, compressedSizeInBytes: null, uncompressedSizeInBytes: null }
  if (set.documentArchive === null) {
    const [path, extension] = splitExtension(set.documentFile)
    return { ...small, documentFile: `${path}-1k${extension}` }
  }
  const [inner, archiveExtension] = splitExtension(set.documentArchive)
  const [path, extension] = splitExtension(inner)
  return { ...small, documentArchive: `${path}-1k${extension}${archiveExtension}`, documentFile: `${path}-1k${extension}` }
}

function quickTask(task: Task, refuse: (task: Task, problem: string) => void): Task {
  const atMost = (value: number | null, limit: number): number | null => (value === null ? null : Math.min(value, limit))
  return {
    ...task,
    // As in Elastic Rally each client runs so many, although its documentation says one.
    warmupIterations: atMost(task.warmupIterations, task.clients),
    iterations: atMost(task.iterations, task.clients),
    warmupTimePeriod: atMost(task.warmupTimePeriod, 0),
    timePeriod: atMost(task.timePeriod, TEST_SECONDS),
    params: quickParams(task, refuse)
  }
}

function quickParams(task: Task, refuse: (task: Task, problem: string) => void): Task['params'] {
  const target = targetThroughputOf(task)
  if (target === null) return task.params
  if ('problem' in target) {
    refuse(task, target.problem)
    return task.params
  }
  const others = Object.entries(task.params).filter(([key]) => key !== 'target-interval')
  return { ...Object.fromEntries(others), 'target-throughput': `${FULL_SPEED} ${target.unit}` }
}
