// How a result file is called between node and coordinator: `chunks/<file>` or `snapshots/<file>`, its place below the race's folder.

/** What is still being written has another name. */
export function isResultName(name: string): boolean {
  return /^[0-9a-f]{1,64}-\d{1,12}$/.test(name)
}

/** Nothing else that comes over the wire becomes part of a path. */
export function isResultId(id: string): boolean {
  const [kind, name, ...rest] = id.split('/')
  return (kind === 'chunks' || kind === 'snapshots') && name !== undefined && rest.length === 0 && isResultName(name)
}

/** In place of the checksum of a file that is not there. */
export const GONE = '0'.repeat(64)
