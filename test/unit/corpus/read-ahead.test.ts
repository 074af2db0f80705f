import assert from 'node:assert/strict'
import { fstatSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { test } from 'node:test'
import { systemCode } from '../../../src/core/errors.ts'
import { ReadAhead } from '../../../src/corpus/read-ahead.ts'

function withFile(act: (fd: number, path: string) => Promise<void> | void): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'rally-read-ahead-'))
  const path = join(folder, 'documents.json')
  writeFileSync(path, '{"a":1}\n'.repeat(1000))
  return Promise.resolve(act(openSync(path, 'r'), path)).finally(() => rmSync(folder, { recursive: true }))
}

test('a file is read ahead from its first slow read on, and not before', () =>
  withFile((fd) => {
    const ahead = new ReadAhead(fd, 1)
    ahead.took(0.2)
    assert.equal(ahead.isOn, false)
    ahead.took(1.5)
    ahead.took(0.1)
    assert.equal(ahead.isOn, true)
    ahead.close()
  }))

test('a descriptor is closed only when no hint reads from it any more, and then it is', () =>
  withFile(async (fd, path) => {
    const ahead = new ReadAhead(fd, 1)
    ahead.took(5)
    for (let hint = 0; hint < 100; hint++) ahead.expect(hint * 10, 4096)
    ahead.close()
    assert.equal(fstatSync(fd).size, readFileSync(path).length, 'open while hints are under way')
    await closed(fd)
    ahead.expect(0, 10)
  }))

/** Resolves when the descriptor is no longer valid; it is asked for again and again, at most 5 s. */
async function closed(fd: number): Promise<void> {
  const deadlineMs = performance.now() + 5000
  for (;;) {
    try {
      fstatSync(fd)
    } catch (error) {
      assert.equal(systemCode(error), 'EBADF')
      return
    }
    assert.ok(performance.now() < deadlineMs, 'the descriptor was not closed within 5 s')
    await new Promise((resolve) => setImmediate(resolve))
  }
}
