// The flags of `rally results`.

import { flag, group, type Flag } from './flag.ts'
import { REPORT, SHOWN } from './race-flags.ts'

export const RESULTS_FLAGS: readonly Flag[] = [
  ...group('Results', [
    flag('text', 'format FORMAT', 'list: text or json, by default text; export: ndjson or csv, by default ndjson', {
      choices: ['text', 'json', 'ndjson', 'csv'],
      origin: 'rally'
    }),
    flag('text', 'from SOURCE', 'pull: what the percentiles are read from; histograms give the very figures that the race showed', {
      choices: ['samples', 'histograms'],
      fallback: 'samples',
      origin: 'rally'
    }),
    flag('path', 'output-path PATH', 'export: write to this file instead of the terminal', { origin: 'rally' })
  ]),
  ...REPORT,
  ...SHOWN
]
