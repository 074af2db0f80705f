// `npm run faults`: what a race on several machines does when something breaks, as a table. `-- WORD…` picks faults by words of their
// names. Exit code 1 when one of them is not answered as it should be.

import { rowText, TABLE_HEAD, tryFault, type Row } from './fault.ts'
import { whyNoHosts } from '../hosts/test-hosts.ts'
import { FAULTS } from './all-faults.ts'

/** Each has three hosts, and mostly waits. */
const AT_ONCE = 3

const why = whyNoHosts()
if (why !== null) {
  process.stderr.write(`no faults can be made here: ${why}\n`)
  process.exit(2)
}
const wanted = process.argv.slice(2)
const faults = FAULTS.filter(({ name }) => wanted.length === 0 || wanted.some((word) => name.includes(word)))
const waiting = [...faults]
const rows: Row[] = []
process.stdout.write(`${TABLE_HEAD}\n`)
await Promise.all(Array.from({ length: AT_ONCE }, work))
process.exitCode = rows.length > 0 && rows.every((row) => 'outcome' in row) ? 0 : 1

async function work(): Promise<void> {
  for (let fault = waiting.shift(); fault !== undefined; fault = waiting.shift()) {
    const row = await tryFault(fault)
    rows.push(row)
    process.stdout.write(`${rowText(row)}\n`)
  }
}
