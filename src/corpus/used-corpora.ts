// Which corpora, and which of their files, the bulk operations of a track read.

import { RallyError } from '../core/errors.ts'
import { challengeToRun, tasksOf, type Corpus, type DocumentSet, type Operation, type Track } from '../track/track.ts'

/**
 * The corpora that one bulk operation reads, in the track's order, without the files that its `corpora`, `indices` and
 * `data-streams` rule out. What is wrong goes to `problems`.
 */
export function corporaOf(track: Track, operation: Operation, problems: string[]): Corpus[] {
  if (track.corpora.length === 0) {
    problems.push(`the track [${track.name}] has no corpora to index`)
    return []
  }
  const { params } = operation
  const before = problems.length
  const names = namesIn(params['corpora']) ?? track.corpora.map((corpus) => corpus.name)
  const corpora = track.corpora
    .filter((corpus) => names.includes(corpus.name))
    .map(({ name, meta, documents }) => ({ name, meta, documents: documents.filter((set) => isWanted(set, params, problems)) }))
    .filter((corpus) => corpus.documents.some((set) => set.numberOfDocuments > 0))
  if (corpora.length === 0 && problems.length === before) {
    const known = track.corpora.map((corpus) => corpus.name)
    const empty = track.corpora.filter((corpus) => names.includes(corpus.name) && corpus.documents.some((set) => isWanted(set, params, [])))
    if (empty.length > 0) problems.push(`corpus [${empty.map((corpus) => corpus.name).join(', ')}] has no documents to index: its [document-count] is 0`)
    else problems.push(`the provided corpus [${names.join(', ')}] does not match any of the corpora [${known.join(', ')}]${filterNote(params)}`)
  }
  return corpora
}

/** Whether an operation reads corpora: bulk, and whatever takes bulk's parameter source by its name. */
export function readsCorpora(operation: Operation): boolean {
  if (operation.paramSource !== null) return operation.paramSource === 'file-reader'
  return operation.type === 'bulk'
}

/** What the challenge that runs reads: each corpus and each file once. Throws RallyError('track') with all that is wrong. */
export function usedCorpora(track: Track): Corpus[] {
  const problems: string[] = []
  const used = new Map<string, Map<string, DocumentSet>>()
  for (const task of (challengeToRun(track)?.schedule ?? []).flatMap(tasksOf)) {
    if (!readsCorpora(task.operation)) continue
    const own: string[] = []
    for (const corpus of corporaOf(track, task.operation, own)) {
      const sets = used.get(corpus.name) ?? new Map<string, DocumentSet>()
      for (const set of corpus.documents) sets.set(set.documentFile, set)
      used.set(corpus.name, sets)
    }
    problems.push(...own.map((problem) => `task [${task.name}]: ${problem}`))
  }
  if (problems.length > 0)
    throw new RallyError('track', `cannot tell which corpora are used: ${problems[0]}`, { problems: problems.slice(1) })
  return track.corpora
    .filter((corpus) => used.has(corpus.name))
    .map(({ name, meta }) => ({ name, meta, documents: [...(used.get(name)?.values() ?? [])] }))
}

type Params = Operation['params']

function isWanted(set: DocumentSet, params: Params, problems: string[]): boolean {
  return set.sourceFormat === 'bulk' && matches(set, 'indices', params, problems) && matches(set, 'data-streams', params, problems)
}

/** A list names targets; a text matches every target whose name is part of it, as in Elastic Rally. */
function matches(set: DocumentSet, key: 'indices' | 'data-streams', params: Params, problems: string[]): boolean {
  const wanted = params[key]
  const target = key === 'indices' ? set.targetIndex : set.targetDataStream
  if (typeof wanted === 'string' && wanted !== '') {
    if (target !== null) return wanted.includes(target)
    problems.push(
      `'${key}' is the text [${wanted}], which cannot be compared with data file [${set.documentFile}]: it has no such target; write a list`
    )
    return false
  }
  if (Array.isArray(wanted) && wanted.length > 0) return target !== null && wanted.includes(target)
  return true
}

function namesIn(value: unknown): readonly string[] | null {
  if (typeof value === 'string') return [value]
  return Array.isArray(value) ? value.map(String) : null
}

function filterNote(params: Params): string {
  const filters = (['indices', 'data-streams'] as const).filter((key) => key in params)
  return filters.length === 0 ? '' : ` with ${filters.map((key) => `'${key}' ${JSON.stringify(params[key])}`).join(' and ')}`
}
