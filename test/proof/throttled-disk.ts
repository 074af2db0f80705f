// A disk that is slow for those who are told to use it: a file as block device, and the kernel's own limit of its bytes per second
// for the processes of a control group. Needs root, loop devices and the group's controller `blkio`.

import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

const GROUPS = '/sys/fs/cgroup/blkio'
const MEGABYTES = '64M'

export interface ThrottledDisk {
  readonly folder: string
  /** What starts a program for which the disk is slow. */
  readonly launcher: readonly string[]
  remove(): void
}

/** null: this machine has no means for it, or not for us. */
export function throttledDisk(bytesPerSecond: number): ThrottledDisk | null {
  const place = mkdtempSync(join(tmpdir(), 'rally-slow-'))
  const [image, folder, group] = [join(place, 'image'), join(place, 'disk'), join(GROUPS, `rally-proof-${process.pid}`)]
  const undo: (() => void)[] = [() => rmSync(place, { recursive: true, force: true })]
  const remove = (): void => {
    for (const step of undo.toReversed()) step()
  }
  try {
    mkdirSync(folder)
    execFileSync('truncate', ['-s', MEGABYTES, image])
    // Without a journal, whose thread is in no group.
    execFileSync('mkfs.ext4', ['-q', '-O', '^has_journal', image], { stdio: 'ignore' })
    execFileSync('mount', ['-o', 'loop,noatime', image, folder], { stdio: 'ignore' })
    undo.push(() => execFileSync('umount', [folder]))
    mkdirSync(group)
    undo.push(() => rmdirSync(group))
    const device = execFileSync('findmnt', ['-no', 'MAJ:MIN', folder], { encoding: 'utf8' }).trim()
    writeFileSync(join(group, 'blkio.throttle.write_bps_device'), `${device} ${bytesPerSecond}`)
  } catch {
    remove()
    return null
  }
  return { folder, launcher: ['sh', '-c', `echo $$ > ${group}/cgroup.procs; exec "$@"`, 'sh'], remove }
}
