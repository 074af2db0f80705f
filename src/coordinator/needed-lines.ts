// Which lines of the corpora a node's clients read: no other need be on that node.

import type { Step } from '../allocation/allocation.ts'
import { dataKey } from '../corpus/corpus-files.ts'
import { planBulks } from '../corpus/bulk-reader.ts'
import type { LineRange } from '../corpus/needed-bytes.ts'
import { readsCorpora } from '../corpus/used-corpora.ts'
import { checkBulk, type CheckedBulk } from '../operation/bulk-settings.ts'
import type { Task, Track } from '../track/track.ts'

/** By `<corpus>/<file>`; throws RallyError('track') for a bulk operation that no client could carry out. */
export function neededLines(track: Track, steps: readonly Step[], clients: readonly number[]): Map<string, LineRange[]> {
  const needed = new Map<string, LineRange[]>()
  const checked = new Map<Task, CheckedBulk>()
  for (const step of steps) {
    for (const { task, clientIndexInTask } of clients.flatMap((client) => step.clients[client] ?? [])) {
      if (!readsCorpora(task.operation)) continue
      const bulk = checked.get(task) ?? checkBulk(track, task.operation, task.clients)
      checked.set(task, bulk)
      for (const { key, range } of linesOf(bulk, { index: clientIndexInTask, clients: task.clients })) {
        const ranges = needed.get(key) ?? []
        ranges.push(range)
        needed.set(key, ranges)
      }
    }
  }
  return needed
}

/** As far as its bulks reach: a task may want a part of the corpora only. */
function linesOf({ settings, corpora }: CheckedBulk, { index, clients }: { index: number; clients: number }): { key: string; range: LineRange }[] {
  const { slices, totalBulks } = planBulks(settings, corpora, { first: index, last: index, clients })
  let bulks = totalBulks
  return slices.flatMap(({ corpus, set, offsetLines, lines, documents }) => {
    const read = Math.min(documents, Math.ceil(bulks) * settings.bulkSize)
    bulks -= Math.ceil(read / settings.bulkSize)
    return read <= 0 ? [] : [{ key: dataKey(corpus, set.documentFile), range: { offsetLines, lines: (lines / documents) * read } }]
  })
}
