/**
 * Puts in what Elastic Rally puts in: `${CONFIG_DIR}` and `$CONFIG_DIR`, `$$` → `$`, `%(key)s` of the same section, `%%` → `%`.
 * Any other `$` or `%` stays as it is (there it crashes).
 */
export function substitute(value: string, confDir: string, sameSection: (key: string) => string | null = () => null): string {
  const inserted = value.replaceAll(/\$(?:\$|\{CONFIG_DIR\}|CONFIG_DIR\b)/g, (match) => (match === '$$' ? '$' : confDir))
  return inserted.replaceAll(/%(?:%|\(([^)]+)\)s)/g, (match, key: string | undefined) => {
    if (key === undefined) return '%'
    const found = sameSection(key)
    return found === null || found.includes(match) ? match : substitute(found, confDir)
  })
}
