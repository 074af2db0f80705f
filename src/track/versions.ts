// Which branch of a repository fits a version of Elasticsearch (Elastic Rally's rules; no branch of theirs is named otherwise).

/** `8.15.3-SNAPSHOT` taken apart; a missing part is null. */
export interface VersionParts {
  readonly major: number
  readonly minor: number | null
  readonly patch: number | null
  readonly suffix: string | null
}

const FULL = /^(\d+)\.(\d+)\.(\d+)(?:-(.+))?$/
const PARTIAL = /^(\d+)(?:\.(\d+)?(?:\.(\d+)?(?:-(.+))?)?)?$/

/** Null if the text is no version; a whole one has major, minor and patch. */
export function versionParts(text: string, needs: 'whole' | 'major' = 'whole'): VersionParts | null {
  const match = (needs === 'whole' ? FULL : PARTIAL).exec(text)
  if (match === null) return null
  const [, major, minor, patch, suffix] = match
  return { major: Number(major), minor: numberOrNull(minor), patch: numberOrNull(patch), suffix: suffix ?? null }
}

function numberOrNull(text: string | undefined): number | null {
  return text === undefined ? null : Number(text)
}

/** `8.15.3-SNAPSHOT`, `8.15.3`, `8.15`, `8`: from the most to the least specific. Empty if the text is no whole version. */
export function variantsOf(version: string): string[] {
  const parts = versionParts(version)
  if (parts === null) return []
  const { major, minor, patch, suffix } = parts
  const variants = [`${major}.${minor}.${patch}`, `${major}.${minor}`, `${major}`]
  return suffix === null ? variants : [`${variants[0]}-${suffix}`, ...variants]
}

/**
 * The branch for a version: its most specific variant there is, else the nearest earlier minor of its major, else its major, else
 * `master` if it is newer than all. A serverless or unknown version means `master`. Null: none fits.
 */
export function bestMatch(branches: readonly string[], version: string | null): string | null {
  if (version === null || version === '' || version === 'serverless') return 'master'
  const wanted = versionParts(version)
  if (wanted === null) return null
  const available = new Set(branches)
  for (const variant of variantsOf(version)) {
    if (available.has(variant)) return variant
    if (variant !== `${wanted.major}.${wanted.minor}`) continue
    const minor = latestMinor(branches, wanted)
    if (minor !== null) return `${wanted.major}.${minor}`
  }
  const majors = branches.map((branch) => versionParts(branch, 'major')?.major ?? -1)
  return wanted.major > Math.max(-1, ...majors) ? 'master' : null
}

function latestMinor(branches: readonly string[], wanted: VersionParts): number | null {
  let latest: number | null = null
  for (const branch of branches) {
    const parts = versionParts(branch, 'major')
    if (parts === null || parts.patch !== null || parts.suffix !== null || parts.minor === null) continue
    if (parts.major !== wanted.major || parts.minor > (wanted.minor ?? 0)) continue
    latest = Math.max(latest ?? 0, parts.minor)
  }
  return latest
}
