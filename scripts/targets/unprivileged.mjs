// The servers refuse to run as root. When we are root, an unprivileged user of their own runs them.
import { execFileSync, spawnSync } from 'node:child_process'

const USER = 'rally-target'

/** Whether this process may and must change users. */
export function isRoot() {
  return process.getuid?.() === 0
}

/** Makes the user if it is not there. */
export function ensureUser() {
  if (spawnSync('id', [USER], { stdio: 'ignore' }).status === 0) return
  console.log(`making the user ${USER}`)
  execFileSync('useradd', ['--system', '--no-create-home', '--shell', '/usr/sbin/nologin', USER], { stdio: 'inherit' })
}

/** The command line that runs `command` as that user. */
export function asUser(command) {
  return ['setpriv', `--reuid=${USER}`, `--regid=${USER}`, '--clear-groups', ...command]
}

export function canRead(path) {
  const [program, ...args] = asUser(['test', '-r', path])
  return spawnSync(program, args, { stdio: 'ignore' }).status === 0
}

export function giveTo(folder) {
  execFileSync('chown', ['-R', `${USER}:`, folder])
}
