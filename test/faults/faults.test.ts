// The quick ones of the faults that `npm run faults` makes.

import { describe, test } from 'node:test'
import { whyNoHosts } from '../hosts/test-hosts.ts'
import { FAULTS } from './all-faults.ts'
import { makeFault } from './fault.ts'

const QUICK = ['restarted', 'Ctrl-C of', 'disk full', '1 GB', 'a worker of a node throws']
const skip = whyNoHosts() ?? false

// Most of their time they wait.
describe('a race on several machines ends as it should, or goes on, with all that was measured', { concurrency: 2 }, () => {
  for (const fault of FAULTS.filter(({ name }) => QUICK.some((word) => name.includes(word)))) {
    test(`after ${fault.name}`, { skip }, async (t) => {
      const { what } = await makeFault(fault)
      t.diagnostic(what)
    })
  }
})
