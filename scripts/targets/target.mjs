// A real server to test against, on loopback:
//   node scripts/targets/target.mjs install|start|stop|status opensearch|elasticsearch [--port=9200] [--heap=1g]
import { parseArgs } from 'node:util'
import { cacheFolder, install, removeDownloads } from './install.mjs'
import { findJava } from './java.mjs'
import { runningPid, startNode, stopNode } from './node-process.mjs'
import { SERVERS } from './servers.mjs'

const USAGE = `usage: node scripts/targets/target.mjs install|start|stop|status ${Object.keys(SERVERS).join('|')} [--port=9200] [--heap=1g]`

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { port: { type: 'string', default: '9200' }, heap: { type: 'string', default: '1g' } }
})
const [action, kind] = positionals
const port = Number(values.port)

if (positionals.length !== 2 || !(kind in SERVERS) || !Number.isInteger(port)) {
  console.error(USAGE)
  process.exitCode = 2
} else {
  try {
    process.exitCode = await act()
  } catch (error) {
    console.error(error.message)
    process.exitCode = 1
  }
}

async function act() {
  switch (action) {
    case 'install':
      console.log(await installed())
      return 0
    case 'start':
      await startNode(kind, { home: await installed(), java: findJava(), port, heap: values.heap })
      return 0
    case 'stop':
      await stopNode(kind, port)
      return 0
    case 'status': {
      const pid = runningPid(kind, port)
      console.log(pid === null ? `${kind} does not run on port ${port}` : `${kind} runs on port ${port}, pid ${pid}`)
      return pid === null ? 1 : 0
    }
    default:
      console.error(USAGE)
      return 2
  }
}

async function installed() {
  const cache = cacheFolder()
  const home = await install(kind, cache)
  removeDownloads(cache)
  return home
}
