// What the machine itself adds to a node's own time: seen by the barest client there is, a socket that writes a request and waits for
// its answer, in a process that is as idle as the driver at that rate (virtual cores that sleep between requests wake slowly).

import { connect, type Socket } from 'node:net'
import { once } from 'node:events'
import { setTimeout as wait } from 'node:timers/promises'
import { truthTimes, withNode } from './calibrated-node.ts'
import { ascending, quantileOf } from './statistics/quantile.ts'

const REQUESTS = 150
const REQUEST = 'GET /cities/_search HTTP/1.1\r\nhost: 127.0.0.1\r\n\r\n'

/** Median of a bare round trip less the node's own, ms, at `perSecond` requests one after the other. */
export async function bareRoundTripMs(delay: string, perSecond: number): Promise<number> {
  return withNode({ delay }, async (node) => {
    const socket = connect(node.port, node.host)
    await once(socket, 'connect')
    socket.setNoDelay(true)
    const times: number[] = []
    for (let index = 0; index < REQUESTS; index++) {
      await wait(1000 / perSecond)
      times.push(await roundTripMs(socket))
    }
    socket.destroy()
    return quantileOf(ascending(times), 50) - quantileOf(truthTimes(await node.truth()), 50)
  })
}

/** The node's answers fit into one segment. */
async function roundTripMs(socket: Socket): Promise<number> {
  const sentMs = performance.now()
  socket.write(REQUEST)
  await once(socket, 'data')
  return performance.now() - sentMs
}
