// Gets published Maven artefacts through mvn, as it is configured on this machine, and checks them.
import { spawnSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { createReadStream, existsSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { setTimeout as sleep } from 'node:timers/promises'

const ATTEMPTS = 3
const ATTEMPT_TIMEOUT_MS = 15 * 60_000
const PLUGIN = 'org.apache.maven.plugins:maven-dependency-plugin:2.8:get'

/** Path of the artefact's file below `cache`; downloaded if it is not there. Throws when it cannot be had or is not what was published. */
export async function fetchArtifact({ coordinates, sha256 }, cache) {
  const repository = join(cache, 'm2')
  const file = join(repository, pathOf(coordinates))
  for (let attempt = 1; ; attempt++) {
    const fault = await tryOnce(file, coordinates, { sha256, repository })
    if (fault === null) return file
    rmSync(join(file, '..'), { recursive: true, force: true })
    if (attempt === ATTEMPTS) throw new Error(`${coordinates}: ${fault} (${ATTEMPTS} attempts)`)
    console.log(`${coordinates}: ${fault}; trying again`)
    await sleep(attempt * 3000)
  }
}

async function tryOnce(file, coordinates, { sha256, repository }) {
  if (!existsSync(file)) {
    console.log(`downloading ${coordinates}`)
    mkdirSync(repository, { recursive: true })
    const options = ['-B', '-q', `-Dmaven.repo.local=${repository}`, PLUGIN, `-Dartifact=${coordinates}`, '-Dtransitive=false']
    const run = spawnSync('mvn', options, { cwd: repository, encoding: 'utf8', timeout: ATTEMPT_TIMEOUT_MS })
    if (run.error !== undefined) return run.error.code === 'ENOENT' ? 'mvn is not installed (Debian: maven)' : `mvn: ${run.error.message}`
    if (run.status !== 0) return `mvn ended with ${run.status ?? run.signal}:\n${run.stdout.slice(0, 2000)}`
    if (!existsSync(file)) return `mvn left no ${file}`
  }
  const found = await sha256Of(file)
  return found === sha256 ? null : `the file's SHA-256 is ${found}, not ${sha256}`
}

function pathOf(coordinates) {
  const [group, artifact, version, type] = coordinates.split(':')
  return join(...group.split('.'), artifact, version, `${artifact}-${version}.${type}`)
}

async function sha256Of(file) {
  const hash = createHash('sha256')
  await pipeline(createReadStream(file), hash)
  return hash.digest('hex')
}
