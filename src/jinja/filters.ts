// All of Jinja's own filters, by name.

import type { Builtin } from './environment.ts'
import { HTML_FILTERS } from './filters-html.ts'
import { NUMBER_FILTERS } from './filters-number.ts'
import { SELECT_FILTERS } from './filters-select.ts'
import { SEQUENCE_FILTERS } from './filters-sequence.ts'
import { TEXT_FILTERS } from './filters-text.ts'

export const JINJA_FILTERS: ReadonlyMap<string, Builtin> = new Map([
  ...NUMBER_FILTERS,
  ...TEXT_FILTERS,
  ...SEQUENCE_FILTERS,
  ...SELECT_FILTERS,
  ...HTML_FILTERS
])
