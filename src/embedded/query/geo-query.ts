// geo_distance and geo_bounding_box: a band of latitudes, then the exact test.

import type { JsonObject } from '../../core/json.ts'
import { isObject } from '../../core/json.ts'
import { ApiError, illegalArgument, parsingError } from '../api-error.ts'
import { boxAround, distanceMeters, isInBox, type GeoBox, type GeoColumn, type GeoPoint } from '../columns/geo-column.ts'
import { positionOf } from '../columns/numeric-column.ts'
import { convertPoint } from '../store/convert-value.ts'
import type { Segment } from '../store/segment.ts'
import { constantMatcher, NOTHING, uniqueAscending, type Matcher } from './matcher.ts'
import { fieldClause, objectOf, readBoost, type Query, type QueryContext, type QueryParser } from './query.ts'

const DISTANCE_OPTIONS = new Set(['distance', 'distance_type', 'validation_method', 'ignore_unmapped', 'boost', '_name'])
const BOX_OPTIONS = new Set(['type', 'validation_method', 'ignore_unmapped', 'boost', '_name'])

const METERS: Readonly<Record<string, number>> = {
  m: 1,
  meters: 1,
  km: 1000,
  kilometers: 1000,
  cm: 0.01,
  centimeters: 0.01,
  mm: 0.001,
  millimeters: 0.001,
  mi: 1609.344,
  miles: 1609.344,
  yd: 0.9144,
  yards: 0.9144,
  ft: 0.3048,
  feet: 0.3048,
  in: 0.0254,
  inch: 0.0254,
  NM: 1852,
  nmi: 1852,
  nauticalmiles: 1852
}

export const parseGeoDistance: QueryParser = (body, context) => {
  const { field, clause } = fieldClause('geo_distance', body, DISTANCE_OPTIONS)
  const radius = parseDistance(body['distance'])
  const center = convertPoint(field, clause)
  return geoQuery({ kind: 'geo_distance', path: field, body }, context, {
    box: boxAround(center, radius),
    test: (lat, lon) => distanceMeters(center.lat, center.lon, lat, lon) <= radius
  })
}

/** Metres of `200km`, `1mi`, `500`. */
export function parseDistance(value: unknown): number {
  const match = /^\s*(\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)\s*([A-Za-z]*)\s*$/.exec(String(value))
  const unit = match?.[2] === '' ? 'm' : (match?.[2] ?? '')
  if (match === null || !Object.hasOwn(METERS, unit)) throw parsingError(`failed to parse distance [${String(value)}]`)
  return Number(match[1]) * METERS[unit]!
}

export const parseGeoBoundingBox: QueryParser = (body, context) => {
  const { field, clause } = fieldClause('geo_bounding_box', body, BOX_OPTIONS)
  const box = readBox(field, objectOf('geo_bounding_box', clause))
  return geoQuery({ kind: 'geo_bounding_box', path: field, body }, context, { box, test: (lat, lon) => isInBox(box, lat, lon) })
}

function readBox(path: string, corners: JsonObject): GeoBox {
  const corner = (key: string): GeoPoint | null => (corners[key] === undefined ? null : convertPoint(path, corners[key]))
  const side = (key: string): number =>
    typeof corners[key] === 'number' || typeof corners[key] === 'string' ? Number(corners[key]) : Number.NaN
  const [topLeft, bottomRight] = [corner('top_left'), corner('bottom_right')]
  const [topRight, bottomLeft] = [corner('top_right'), corner('bottom_left')]
  const box = {
    north: topLeft?.lat ?? topRight?.lat ?? side('top'),
    south: bottomRight?.lat ?? bottomLeft?.lat ?? side('bottom'),
    west: topLeft?.lon ?? bottomLeft?.lon ?? side('left'),
    east: bottomRight?.lon ?? topRight?.lon ?? side('right')
  }
  if (Object.values(box).some(Number.isNaN)) throw new ApiError(400, 'parse_exception', `failed to parse bounding box for [${path}]`)
  if (box.north < box.south) throw illegalArgument(`top is below bottom corner: ${box.north} vs. ${box.south}`)
  return box
}

interface Area {
  /** Holds the whole area. */
  readonly box: GeoBox
  readonly test: (lat: number, lon: number) => boolean
}

function geoQuery(query: { kind: string; path: string; body: JsonObject }, context: QueryContext, area: Area): Query {
  const { kind, path, body } = query
  if (isObject(body['_name'])) throw parsingError(`[${kind}] _name must be a text`)
  const score = readBoost(body)
  const field = context.mapping.fields.get(path)
  if (field === undefined) {
    if (body['ignore_unmapped'] === true) return () => () => NOTHING
    throw new ApiError(400, 'query_shard_exception', `failed to find geo field [${path}]`, { details: { index: context.indexName } })
  }
  if (field.type !== 'geo_point') throw illegalArgument(`field [${path}] is of type [${field.type}], not geo_point, as [${kind}] needs`)
  return () => (segment) => {
    const column = segment.columns.get(path)
    return column?.kind === 'geo' ? areaMatcher(segment, column, { ...area, score }) : NOTHING
  }
}

function areaMatcher(segment: Segment, column: GeoColumn, area: Area & { readonly score: number }): Matcher {
  const { box, test, score } = area
  const { sortedLats, sortedLons, sortedDocs } = column
  const from = positionOf(sortedLats, box.south, false)
  const to = positionOf(sortedLats, box.north, true)
  const inArea = (doc: number): boolean => {
    for (let i = column.starts[doc]!; i < column.starts[doc + 1]!; i++) {
      if (test(column.lats[i]!, column.lons[i]!)) return true
    }
    return false
  }
  return constantMatcher({
    docs: () => {
      const found = new Uint32Array(to - from)
      let count = 0
      for (let i = from; i < to; i++) {
        const lat = sortedLats[i]!
        const lon = sortedLons[i]!
        if (isInBox(box, lat, lon) && test(lat, lon)) found[count++] = sortedDocs[i]!
      }
      const docs = found.subarray(0, count)
      return column.isSingle ? docs : uniqueAscending(docs, segment.docCount)
    },
    estimate: to - from,
    ascending: !column.isSingle,
    test: inArea,
    score
  })
}
