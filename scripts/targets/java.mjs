// The Java runtime for the servers: a complete JDK from 21 on (Elasticsearch wants modules that a JRE leaves out).
import { spawnSync } from 'node:child_process'
import { existsSync, readdirSync } from 'node:fs'
import { join } from 'node:path'

const MIN_VERSION = 21
const NEEDED_MODULES = ['jdk.attach', 'jdk.jdi', 'jdk.jlink']
const INSTALLED = '/usr/lib/jvm'

/** Home of a JDK: $RALLY_TARGET_JAVA_HOME, else the oldest fit one of $JAVA_HOME and /usr/lib/jvm. Throws if there is none. */
export function findJava() {
  const wanted = process.env.RALLY_TARGET_JAVA_HOME
  if (wanted !== undefined) {
    if (versionOf(wanted) === null) throw new Error(`RALLY_TARGET_JAVA_HOME=${wanted} is no complete JDK from ${MIN_VERSION} on`)
    return wanted
  }
  const installed = existsSync(INSTALLED) ? readdirSync(INSTALLED).map((name) => join(INSTALLED, name)) : []
  const fit = [process.env.JAVA_HOME ?? '', ...installed]
    .map((home) => ({ home, version: versionOf(home) }))
    .filter(({ version }) => version !== null)
    .sort((a, b) => a.version - b.version)
  if (fit.length > 0) return fit[0].home
  throw new Error(
    `no JDK from ${MIN_VERSION} on below ${INSTALLED}: install one (Debian: openjdk-21-jdk-headless or newer) or set RALLY_TARGET_JAVA_HOME`
  )
}

/** Its major version, or null if it is unfit. */
function versionOf(home) {
  const java = join(home, 'bin', 'java')
  if (home === '' || !existsSync(java)) return null
  const major = Number(/version "(\d+)/.exec(spawnSync(java, ['-version'], { encoding: 'utf8' }).stderr)?.[1])
  if (!(major >= MIN_VERSION)) return null
  const modules = spawnSync(java, ['--list-modules'], { encoding: 'utf8' }).stdout
  return NEEDED_MODULES.every((name) => modules.includes(`${name}@`)) ? major : null
}
