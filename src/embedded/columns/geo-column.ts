// Points on the earth: each document's points, and all points by latitude, which is what boxes and circles look up.

import { Float64List, Uint32List } from './growable.ts'
import { indexPairs } from './value-pairs.ts'

export interface GeoPoint {
  readonly lat: number
  readonly lon: number
}

/** Degrees; `west` > `east` crosses the date line. */
export interface GeoBox {
  readonly north: number
  readonly south: number
  readonly west: number
  readonly east: number
}

export interface GeoColumn {
  readonly kind: 'geo'
  readonly starts: Uint32Array
  readonly lats: Float64Array
  readonly lons: Float64Array
  readonly isSingle: boolean
  /** All points by ascending latitude. */
  readonly sortedLats: Float64Array
  readonly sortedLons: Float64Array
  readonly sortedDocs: Uint32Array
  readonly documentsWithValue: number
  readonly sizeBytes: number
}

export class GeoBuilder {
  readonly #docs = new Uint32List()
  readonly #lats = new Float64List()
  readonly #lons = new Float64List()

  add(doc: number, point: GeoPoint): void {
    this.#docs.push(doc)
    this.#lats.push(point.lat)
    this.#lons.push(point.lon)
  }

  freeze(docCount: number): GeoColumn {
    const docs = this.#docs.toArray()
    const lats = this.#lats.toArray()
    const lons = this.#lons.toArray()
    const order = Uint32Array.from(docs.keys()).sort((a, b) => lats[a]! - lats[b]! || a - b)
    return {
      kind: 'geo',
      ...indexPairs(docs, docCount),
      lats,
      lons,
      sortedLats: Float64Array.from(order, (i) => lats[i]!),
      sortedLons: Float64Array.from(order, (i) => lons[i]!),
      sortedDocs: Uint32Array.from(order, (i) => docs[i]!),
      sizeBytes: 4 * (docCount + docs.length) + 32 * docs.length
    }
  }
}

// Lucene's GeoUtils.EARTH_MEAN_RADIUS_METERS.
export const EARTH_RADIUS_METERS = 6_371_008.7714
const RADIANS = Math.PI / 180

/** Great-circle distance in metres (haversine). */
export function distanceMeters(lat1: number, lon1: number, lat2: number, lon2: number): number {
  const sinLat = Math.sin(((lat2 - lat1) * RADIANS) / 2)
  const sinLon = Math.sin(((lon2 - lon1) * RADIANS) / 2)
  const h = sinLat * sinLat + Math.cos(lat1 * RADIANS) * Math.cos(lat2 * RADIANS) * sinLon * sinLon
  return 2 * EARTH_RADIUS_METERS * Math.asin(Math.min(1, Math.sqrt(h)))
}

export function isInBox(box: GeoBox, lat: number, lon: number): boolean {
  if (lat > box.north || lat < box.south) return false
  return box.west <= box.east ? lon >= box.west && lon <= box.east : lon >= box.west || lon <= box.east
}

/** A box around the circle, never too small. */
export function boxAround(center: GeoPoint, radiusMeters: number): GeoBox {
  // A little more than needed, so that rounding never loses a point on the edge.
  const reach = (radiusMeters / EARTH_RADIUS_METERS) * 1.000001 + 1e-9
  const north = center.lat + reach / RADIANS
  const south = center.lat - reach / RADIANS
  const whole = { north: Math.min(90, north), south: Math.max(-90, south), west: -180, east: 180 }
  if (north >= 90 || south <= -90 || reach >= Math.PI / 2) return whole
  const ratio = Math.sin(reach) / Math.cos(center.lat * RADIANS)
  if (ratio >= 1) return whole
  const width = Math.asin(ratio) / RADIANS + 1e-7
  return { ...whole, west: wrap(center.lon - width), east: wrap(center.lon + width) }
}

function wrap(lon: number): number {
  return lon < -180 ? lon + 360 : lon > 180 ? lon - 360 : lon
}
