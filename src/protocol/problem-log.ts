// One line per trouble with a visitor, but not one per visitor of a flood: strangers must not fill a disk.

const LINES = 20
const WINDOW_MS = 10_000

/** @returns a way to say a problem: twenty in ten seconds get through, of the others the number. */
export function boundedProblems(say: (line: string) => void): (line: string) => void {
  let said = 0
  let kept = 0
  let timer: NodeJS.Timeout | null = null
  const endWindow = (): void => {
    timer = null
    if (kept > 0) say(`${kept} more troubles with visitors within ${WINDOW_MS / 1000} s`)
    said = 0
    kept = 0
  }
  return (line) => {
    timer ??= setTimeout(endWindow, WINDOW_MS).unref()
    if (said < LINES) {
      said++
      say(line)
    } else kept++
  }
}
