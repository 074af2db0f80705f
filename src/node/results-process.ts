// The process that gives out the results of one race, also while the race runs in another: what it reads, encodes and sends delays
// nobody's snapshots. It loads little, so that it is there at once, and steps back behind everything else on its machine.
//
//   node results-process.js NODE SOCKET

import { setPriority } from 'node:os'
import type { Connection } from '../protocol/connection.ts'
import type { Hello } from '../protocol/hello.ts'
import type { ResultsAnswer, ResultsRequest } from '../protocol/transfer-messages.ts'
import { serveResults } from '../results/serve-results.ts'
import { DaemonChild, keptDir, problem } from './daemon-child.ts'

/** Of 19: a machine that has nothing else to do gives it all, one that sends load about a third. */
const NICENESS = 5

function open([node = '', socketPath = '']: readonly string[]): Promise<void> {
  setPriority(NICENESS)
  const connections = new Set<Connection<ResultsAnswer, ResultsRequest>>()
  const child = new DaemonChild({
    accept: {
      results(hello: Hello, connection: Connection<ResultsAnswer, ResultsRequest>) {
        connections.add(connection)
        connection.onClose(() => connections.delete(connection))
        child.connected(connection)
        serveResults({ peer: connection, dir: keptDir(), race: hello.race ?? '', problem })
      }
    },
    isInUse: () => false,
    status: () => null,
    end(reason) {
      for (const connection of connections) connection.close(reason)
      return Promise.resolve()
    }
  })
  return child.open(node, socketPath)
}

await open(process.argv.slice(2))
