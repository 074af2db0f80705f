// Which data files are archives, by name.

const ARCHIVES = ['.zip', '.bz2', '.gz', '.tar', '.tar.gz', '.tgz', '.tar.bz2', '.zst']

/** `a/b.json.bz2` → `a/b.json`, `.bz2`; `.tar.gz` and `.tar.bz2` count as one extension; a name that begins with a dot has none there. */
export function splitExtension(name: string): [string, string] {
  for (const double of ['.tar.gz', '.tar.bz2']) {
    if (name.endsWith(double)) return [name.slice(0, -double.length), double]
  }
  const begin = name.lastIndexOf('/') + 1
  const dot = name.lastIndexOf('.')
  const isExtension = dot > begin && /[^.]/.test(name.slice(begin, dot))
  return isExtension ? [name.slice(0, dot), name.slice(dot)] : [name, '']
}

export function isArchive(name: string): boolean {
  return ARCHIVES.includes(splitExtension(name)[1])
}
