// One node of a server on loopback: starts it from an empty folder, waits until it answers, and stops it without a trace.
import { spawn } from 'node:child_process'
import { cpSync, existsSync, mkdirSync, openSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { SERVERS } from './servers.mjs'
import { asUser, canRead, ensureUser, giveTo, isRoot } from './unprivileged.mjs'

const START_TIMEOUT_MS = 180_000
const STOP_TIMEOUT_MS = 30_000

/** The folder of a node: configuration, data, logs. Not below the cache, which nobody else may be allowed to read. */
function nodeFolder(kind, port) {
  return join(tmpdir(), `rally-target-${kind}-${port}`)
}

/** Starts a node and waits until it answers; throws with the end of its log if it does not. */
export async function startNode(kind, { home, java, port, heap }) {
  if (runningPid(kind, port) !== null) {
    console.log(`${kind} runs already on port ${port}`)
    return
  }
  if (await isTaken(port)) throw new Error(`port ${port} is taken by another program`)
  const folder = nodeFolder(kind, port)
  rmSync(folder, { recursive: true, force: true })
  for (const name of ['config', 'data', 'logs', 'repo', 'tmp']) mkdirSync(join(folder, name), { recursive: true })
  const programs = isRoot() ? reachable(folder, { home, java }) : { home, java }
  configure(kind, folder, { home: programs.home, port })
  if (isRoot()) giveTo(folder)
  const child = launch(kind, folder, { ...programs, heap })
  const startedAt = performance.now()
  await untilUp(kind, { port, child, log: join(folder, 'logs', 'console.log') })
  console.log(
    `${kind} ${SERVERS[kind].version} answers at http://127.0.0.1:${port} after ${((performance.now() - startedAt) / 1000).toFixed(1)} s, pid ${runningPid(kind, port)}`
  )
}

/** Stops a node and removes its folder; nothing happens if there is none. */
export async function stopNode(kind, port) {
  const folder = nodeFolder(kind, port)
  const pid = runningPid(kind, port)
  if (pid !== null) signal(pid, 'SIGTERM')
  const deadline = performance.now() + STOP_TIMEOUT_MS
  // Its launcher ends a moment after the node itself.
  for (let left = processesOf(folder); left.length > 0; left = processesOf(folder)) {
    if (pid === null || performance.now() > deadline) for (const each of left) signal(each, 'SIGKILL')
    await sleep(100)
  }
  if (pid !== null) console.log(`${kind} on port ${port} stopped, pid was ${pid}`)
  rmSync(folder, { recursive: true, force: true })
}

/** The node's process id if it runs; a process that got the number later is not mistaken for it. */
export function runningPid(kind, port) {
  const folder = nodeFolder(kind, port)
  const file = join(folder, 'pid')
  const pid = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0
  return processesOf(folder).includes(pid) ? pid : null
}

/** Processes whose command line names a file of the node. */
function processesOf(folder) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && commandLine(name).includes(`${folder}/`))
    .map(Number)
}

function commandLine(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, 'utf8')
  } catch {
    return ''
  }
}

function signal(pid, name) {
  try {
    process.kill(pid, name)
  } catch {
    // It has ended already.
  }
}

// A cache in root's home cannot be read by the unprivileged user: then the node runs from a copy.
function reachable(folder, programs) {
  ensureUser()
  const entries = Object.entries(programs).map(([name, path]) => {
    if (canRead(join(path, 'lib'))) return [name, path]
    cpSync(path, join(folder, name), { recursive: true, verbatimSymlinks: true })
    return [name, join(folder, name)]
  })
  return Object.fromEntries(entries)
}

function configure(kind, folder, { home, port }) {
  const { configFile, settings } = SERVERS[kind]
  const config = join(folder, 'config')
  cpSync(join(home, 'config'), config, { recursive: true })
  const lines = {
    'cluster.name': `rally-${kind}`,
    'node.name': 'rally-1',
    'network.host': '127.0.0.1',
    'http.port': port,
    'transport.port': `${port + 1}-${port + 50}`,
    'discovery.type': 'single-node',
    'path.data': join(folder, 'data'),
    'path.logs': join(folder, 'logs'),
    'path.repo': JSON.stringify([join(folder, 'repo')]),
    // A developer's disk is often fuller than a server's may be.
    'cluster.routing.allocation.disk.threshold_enabled': false,
    'action.destructive_requires_name': false,
    ...settings
  }
  writeFileSync(
    join(config, configFile),
    Object.entries(lines)
      .map(([key, value]) => `${key}: ${value}\n`)
      .join('')
  )
  // Logs of the virtual machine would go beside the program, where its user may not write.
  const options = readFileSync(join(config, 'jvm.options'), 'utf8').split('\n')
  writeFileSync(
    join(config, 'jvm.options'),
    options.filter((line) => !/gc\.log|ErrorFile|HeapDump|jdk\.incubator\.vector/.test(line)).join('\n')
  )
}

function launch(kind, folder, { home, java, heap }) {
  const { program, environment } = SERVERS[kind]
  const command = [join(home, program), '-p', join(folder, 'pid')]
  const [executable, ...args] = isRoot() ? asUser(command) : command
  const log = openSync(join(folder, 'logs', 'console.log'), 'w')
  const child = spawn(executable, args, {
    cwd: folder,
    detached: true,
    stdio: ['ignore', log, log],
    env: {
      PATH: process.env.PATH,
      HOME: join(folder, 'tmp'),
      LANG: 'C.UTF-8',
      [`${environment}_JAVA_HOME`]: java,
      [`${environment}_PATH_CONF`]: join(folder, 'config'),
      [`${environment}_TMPDIR`]: join(folder, 'tmp'),
      [`${environment}_JAVA_OPTS`]: `-Xms${heap} -Xmx${heap} -XX:ErrorFile=${join(folder, 'logs', 'jvm-error.log')}`
    }
  })
  child.unref()
  return child
}

async function untilUp(kind, { port, child, log }) {
  const deadline = performance.now() + START_TIMEOUT_MS
  for (;;) {
    const isUp = await fetch(`http://127.0.0.1:${port}/_cluster/health`, { signal: AbortSignal.timeout(5000) }).then(
      (answer) => answer.ok,
      () => false
    )
    if (isUp && runningPid(kind, port) !== null) return
    const isOver = child.exitCode !== null || child.signalCode !== null
    if (isOver || performance.now() > deadline) {
      const end = existsSync(log) ? readFileSync(log, 'utf8').split('\n').slice(-30).join('\n') : ''
      await stopNode(kind, port)
      throw new Error(
        `${kind} ${isOver ? 'ended while it started' : `did not answer within ${START_TIMEOUT_MS / 1000} s`}; the end of its log:\n${end}`
      )
    }
    await sleep(250)
  }
}

function isTaken(port) {
  return new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port })
    socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
    socket.once('connect', () => socket.destroy())
  })
}
