// Stored figures → the numbers a report shows. Results of a conversion are floats, counts stay as they are.

import { unreachable } from '../core/exhaustive.ts'
import { pythonFloat, type PythonNumber } from '../core/python-number.ts'
import { bytesIn, msToMinutes, msToSeconds } from '../core/units.ts'
import type { Conversion } from './figure-rows.ts'

export function convert(value: PythonNumber, conversion: Conversion): PythonNumber {
  const number = Number(value)
  switch (conversion) {
    case 'none':
    case 'throughput':
      return value
    case 'minutes':
      return pythonFloat(msToMinutes(number))
    case 'seconds':
      return pythonFloat(msToSeconds(number))
    case 'GB':
    case 'MB':
      return pythonFloat(bytesIn(conversion, number))
    case 'percent':
      return pythonFloat(number * 100)
    default:
      return unreachable(conversion)
  }
}
