// One JSON value of a document → what its field's column stores; throws ApiError as a bulk item would show it.

import { isObject, type JsonObject } from '../../core/json.ts'
import { ApiError, illegalArgument, unsupported } from '../api-error.ts'
import type { GeoPoint } from '../columns/geo-column.ts'
import { parseDate } from './date-format.ts'
import type { Field } from './field.ts'
import { show } from '../show.ts'

export type ColumnValue = string | number | GeoPoint

const INTEGER_LIMIT: Readonly<Record<string, number>> = { byte: 2 ** 7, short: 2 ** 15, integer: 2 ** 31, long: 2 ** 63 }

/** The stored value, or null if there is nothing to index (null, too long for `ignore_above`, malformed and told to ignore that). */
export function convertValue(field: Field, raw: unknown): ColumnValue | null {
  const value = raw ?? field.nullValue
  if (value === null) return null
  try {
    return convert(field, value)
  } catch (error) {
    if (field.ignoreMalformed && error instanceof ApiError) return null
    throw error
  }
}

function convert(field: Field, value: unknown): ColumnValue | null {
  switch (field.type) {
    case 'keyword':
    case 'text': {
      if (typeof value === 'object') throw illegalArgument(`Can't get text on a ${Array.isArray(value) ? 'START_ARRAY' : 'START_OBJECT'}`)
      const text = show(value)
      return text.length > field.ignoreAbove ? null : text
    }
    case 'boolean':
      return convertBoolean(value)
    case 'date':
      return convertDate(field, value)
    case 'geo_point':
      return convertPoint(field.path, value)
    default:
      return convertNumber(field, value)
  }
}

function convertBoolean(value: unknown): number {
  if (value === true || value === 'true') return 1
  if (value === false || value === 'false' || value === '') return 0
  throw illegalArgument(`Failed to parse value [${String(value)}] as only [true] or [false] are allowed.`)
}

function convertDate(field: Field, value: unknown): number {
  const ms = typeof value === 'object' || typeof value === 'boolean' ? Number.NaN : parseDate(field.dateFormat, value)
  if (Number.isNaN(ms)) throw illegalArgument(`failed to parse date field [${String(value)}] with format [${field.dateFormat.name}]`)
  return ms
}

function convertNumber(field: Field, value: unknown): number {
  const isNumber = typeof value === 'number'
  const isNumeral = typeof value === 'string' && field.coerce && value.trim() !== '' && Number.isFinite(Number(value))
  if (!isNumber && !isNumeral) throw new ApiError(400, 'number_format_exception', `For input string: "${String(value)}"`)
  return fitNumber(field, Number(value))
}

function fitNumber(field: Field, number: number): number {
  const limit = INTEGER_LIMIT[field.type]
  if (limit !== undefined) {
    if (!field.coerce && !Number.isInteger(number)) throw illegalArgument(`Value [${number}] has a decimal part`)
    // 2^63 − 1 is no double: what reads as 2^63 may be it.
    const isInside = number >= -limit && (field.type === 'long' ? number <= limit : number < limit)
    if (!isInside) throw illegalArgument(`Value [${number}] is out of range for ${/^[aeiou]/.test(field.type) ? 'an' : 'a'} ${field.type}`)
    return Math.trunc(number)
  }
  if (field.type === 'scaled_float') return Math.round(number * field.scalingFactor) / field.scalingFactor
  const stored = field.type === 'double' ? number : Math.fround(number)
  if (!Number.isFinite(stored)) throw illegalArgument(`[${field.type}] supports only finite values, but got [${number}]`)
  return stored
}

/** `{lat, lon}`, `[lon, lat]`, `"lat,lon"`, `POINT (lon lat)`, a GeoJSON point. */
export function convertPoint(path: string, value: unknown): GeoPoint {
  const point = readPoint(value)
  if (point === null) throw new ApiError(400, 'parse_exception', `failed to parse geo_point field [${path}]`)
  if (!(Math.abs(point.lat) <= 90)) throw illegalArgument(`illegal latitude value [${point.lat}] for ${path}`)
  if (!(Math.abs(point.lon) <= 180)) throw illegalArgument(`illegal longitude value [${point.lon}] for ${path}`)
  return point
}

function readPoint(value: unknown): GeoPoint | null {
  if (Array.isArray(value)) return value.length >= 2 ? fromNumbers(value[1], value[0]) : null
  if (typeof value === 'string') return fromText(value)
  if (!isObject(value)) return null
  if (value['type'] !== undefined) return fromGeoJson(value)
  return fromNumbers(value['lat'], value['lon'])
}

function fromText(text: string): GeoPoint | null {
  const wkt = /^\s*POINT\s*\(\s*(\S+)\s+(\S+)\s*\)\s*$/i.exec(text)
  if (wkt !== null) return fromNumbers(wkt[2], wkt[1])
  const [lat, lon, rest] = text.split(',')
  if (lon === undefined) throw unsupported(`geohashes [${text}]`)
  return rest === undefined ? fromNumbers(lat, lon) : null
}

function fromGeoJson(value: JsonObject): GeoPoint | null {
  const { coordinates, type } = value
  return show(type).toLowerCase() === 'point' && Array.isArray(coordinates) ? fromNumbers(coordinates[1], coordinates[0]) : null
}

function fromNumbers(lat: unknown, lon: unknown): GeoPoint | null {
  const point = { lat: toNumber(lat), lon: toNumber(lon) }
  return Number.isNaN(point.lat) || Number.isNaN(point.lon) ? null : point
}

function toNumber(value: unknown): number {
  if (typeof value === 'number') return value
  return typeof value === 'string' && value.trim() !== '' ? Number(value) : Number.NaN
}
