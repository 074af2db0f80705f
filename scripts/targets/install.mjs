// Puts a server into the cache, once. What is half done lies under a temporary name and is done again.
import { execFileSync } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, mkdtempSync, readdirSync, renameSync, rmSync } from 'node:fs'
import { homedir } from 'node:os'
import { join } from 'node:path'
import { fetchArtifact } from './artifact.mjs'
import { MODULES_LEFT_OUT, SERVERS, SONAR_ZIP } from './servers.mjs'

/** Folder of everything that is fetched: $RALLY_TARGET_CACHE, else ~/.cache/rally-targets. */
export function cacheFolder() {
  const folder = process.env.RALLY_TARGET_CACHE ?? join(homedir(), '.cache', 'rally-targets')
  mkdirSync(folder, { recursive: true })
  return folder
}

/** Folder of the unpacked server. */
export async function install(kind, cache) {
  const home = join(cache, `${kind}-${SERVERS[kind].version}`)
  if (!existsSync(home)) await installServer(kind, home, cache)
  return home
}

/** Downloads are as large as what comes out of them: they go once all servers stand. */
export function removeDownloads(cache) {
  const allStand = Object.entries(SERVERS).every(([kind, { version }]) => existsSync(join(cache, `${kind}-${version}`)))
  if (allStand) rmSync(join(cache, 'm2'), { recursive: true, force: true })
}

async function installServer(kind, home, cache) {
  const server = SERVERS[kind]
  const zip = await fetchArtifact(server.zip, cache)
  const sonar = server.modulesFromSonar ? await fetchArtifact(SONAR_ZIP, cache) : null
  await completely(home, cache, (folder) => {
    unzip(zip, '*', folder)
    const unpacked = join(folder, onlyEntry(folder))
    if (sonar !== null) addModules(sonar, join(unpacked, 'modules'), join(folder, 'sonar'))
    return unpacked
  })
}

function addModules(zip, modules, folder) {
  mkdirSync(folder)
  unzip(zip, '*/elasticsearch/modules/*', folder)
  const given = join(folder, onlyEntry(folder), 'elasticsearch', 'modules')
  const missing = readdirSync(given).filter((name) => !MODULES_LEFT_OUT.includes(name) && !existsSync(join(modules, name)))
  for (const name of missing) cpSync(join(given, name), join(modules, name), { recursive: true })
}

/** Builds in a temporary folder beside `place` and moves what comes out there: it is there completely or not at all. */
async function completely(place, cache, build) {
  console.log(`unpacking ${place}`)
  const folder = mkdtempSync(join(cache, 'unpacking-'))
  try {
    const built = build(folder)
    if (!existsSync(place)) renameSync(built, place)
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

function unzip(zip, pattern, folder) {
  execFileSync('unzip', ['-q', '-o', zip, pattern, '-d', folder], { stdio: ['ignore', 'ignore', 'inherit'] })
}

function onlyEntry(folder) {
  const entries = readdirSync(folder)
  if (entries.length !== 1) throw new Error(`${folder}: one entry was expected, not ${entries.join(', ') || 'none'}`)
  return entries[0]
}
