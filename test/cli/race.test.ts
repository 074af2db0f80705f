import assert from 'node:assert/strict'
import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { test } from 'node:test'
import { openLocked } from '../../src/node/file-lock.ts'
import { environmentOf, MAIN, rally, temporaryFolder } from './run-rally.ts'

const SHORT = ['race', '--track=cities', '--test-mode', '--include-tasks=delete-index,create-index,index-append,term']

test('a race against the embedded node ends with its report on stdout, the rest on stderr, and race.json on disk', async () => {
  const home = temporaryFolder()
  const file = join(home, 'report.md')
  const { code, stdout, stderr } = await rally(
    [...SHORT, '--race-id=first', `--report-file=${file}`, '--user-tag=intention:test', '--seed=1', '--http-engine=lean'],
    { home }
  )
  assert.equal(code, 0, stderr)
  assert.match(stdout, /^Measured .*embedded/)
  assert.match(stdout, /\| +50th percentile latency \| +term \|/)
  assert.match(stdout, /\nHTTP engine: lean\.\n/)
  assert.match(stderr, /^\[INFO\] Race id is \[first\]\n/)
  assert.match(stderr, /\n\[INFO\] Running index-append \[100% done\]: \d+ requests?\n/)
  assert.match(stderr, /\n-+\n\[INFO\] SUCCESS \(took \d+ seconds\)\n-+\n$/)
  assert.ok(!`${stdout}${stderr}`.includes('\u001b'), 'no colours off a terminal')
  assert.match(readFileSync(file, 'utf8'), /50th percentile latency/)
  const race = JSON.parse(readFileSync(join(home, '.rally', 'benchmarks', 'races', 'first', 'race.json'), 'utf8')) as Record<
    string,
    unknown
  >
  assert.equal(race['status'], 'finished')
  assert.equal(race['seed'], '1')
  assert.equal(race['http-engine'], 'lean')
  assert.deepEqual(race['user-tags'], { intention: 'test' })
  assert.match(readFileSync(join(home, '.rally', 'logs', 'rally.log'), 'utf8'), / INFO Race id is \[first\]\n/)
})

test('an id whose race is running is refused, and nothing of that race is touched', async () => {
  const home = temporaryFolder()
  const folder = join(home, '.rally', 'benchmarks', 'races', 'taken')
  mkdirSync(folder, { recursive: true })
  writeFileSync(join(folder, 'race.json'), 'of the other race')
  const lock = await openLocked(join(folder, 'race.lock'))
  const { code, stderr } = await rally([...SHORT, '--race-id=taken'], { home })
  await lock?.close()
  assert.equal(code, 64)
  assert.match(stderr, /\[ERROR\] Cannot race: race \[taken\] is running already\n.*--race-id/)
  assert.equal(readFileSync(join(folder, 'race.json'), 'utf8'), 'of the other race')
})

test('a report file that can be none is told before the race', async () => {
  const home = temporaryFolder()
  const { code, stderr } = await rally([...SHORT, `--report-file=${home}`], { home })
  assert.equal(code, 2)
  assert.match(stderr, /--report-file: .* is a folder/)
  assert.ok(!stderr.includes('Running'))
})

test('quiet, a race prints its report and nothing else; as JSON it is one object', async () => {
  const { code, stdout, stderr } = await rally([...SHORT, '--quiet', '--report-format=json'], { home: temporaryFolder() })
  assert.equal(code, 0, stderr)
  assert.equal(stderr, '')
  const report = JSON.parse(stdout) as { race: { status: string }; tasks: { task: string }[] }
  assert.equal(report.race.status, 'finished')
  assert.ok(report.tasks.some(({ task }) => task === 'term'))
})

test('a track that does not come with Rally needs a host, and the message says so', async () => {
  const { code, stderr } = await rally(['race', '--track-path=tracks/cities', '--test-mode'], { home: temporaryFolder() })
  assert.equal(code, 2)
  assert.match(stderr, /no target: .*\nHint: add --target-hosts=HOST:PORT, or --pipeline=embedded/)
})

test('a target that does not answer is one message with exit code 64', async () => {
  const { code, stdout, stderr } = await rally([...SHORT, '--target-hosts=127.0.0.1:1'], { home: temporaryFolder() })
  assert.equal(code, 64)
  assert.equal(stdout, '')
  assert.match(stderr, /\[ERROR\] Cannot race: .*127\.0\.0\.1:1/)
  assert.match(stderr, /FAILURE \(took/)
})

/** Starts a race that takes long, and resolves once it runs. */
async function runningRace(home: string): Promise<{ child: ReturnType<typeof spawn>; texts: { stdout: string; stderr: string } }> {
  const child = spawn(
    process.execPath,
    [MAIN, 'race', '--track=cities', '--include-tasks=delete-index,create-index,term', '--track-params=time_period:60'],
    {
      env: environmentOf({ home }),
      stdio: ['ignore', 'pipe', 'pipe']
    }
  )
  const texts = { stdout: '', stderr: '' }
  child.stdout.setEncoding('utf8').on('data', (text: string) => (texts.stdout += text))
  const runs = new Promise<void>((resolve, reject) => {
    child.stderr.setEncoding('utf8').on('data', (text: string) => {
      texts.stderr += text
      if (texts.stderr.includes('Running term')) resolve()
    })
    child.on('exit', () => reject(new Error(texts.stderr)))
  })
  await runs
  return { child, texts }
}

/** Processes whose parent is the given one. */
function childrenOf(pid: number): string[] {
  const file = `/proc/${pid}/task/${pid}/children`
  return existsSync(file)
    ? readFileSync(file, 'utf8')
        .split(' ')
        .filter((word) => word !== '')
    : []
}

test('Ctrl-C ends a race in good order: a report of what there is, status cancelled, exit code 130, nothing left behind', async () => {
  const home = temporaryFolder()
  const { child, texts } = await runningRace(home)
  const children = childrenOf(child.pid!)
  child.kill('SIGINT')
  const [code] = (await once(child, 'close')) as [number]
  assert.equal(code, 130)
  assert.match(texts.stdout, /^Measured .*cancelled/)
  assert.match(texts.stderr, /\[INFO\] Stopping: .*\n/)
  assert.match(texts.stderr, /\[INFO\] Aborted race\. .*\n/)
  assert.match(texts.stderr, /\[INFO\] ABORTED \(took \d+ seconds\)/)
  for (const pid of children) assert.ok(!existsSync(`/proc/${pid}`), `process ${pid} is left`)
})

test('a second Ctrl-C ends a race at once, with 130 and without a process left', async () => {
  const { child, texts } = await runningRace(temporaryFolder())
  const children = childrenOf(child.pid!)
  child.kill('SIGINT')
  while (!texts.stderr.includes('Stopping')) await once(child.stderr!, 'data')
  child.kill('SIGINT')
  const [code] = (await once(child, 'close')) as [number]
  assert.equal(code, 130)
  for (const pid of children) await goneSoon(pid)
})

async function goneSoon(pid: string): Promise<void> {
  for (let tries = 0; existsSync(`/proc/${pid}`); tries++) {
    assert.ok(tries < 100, `process ${pid} is left`)
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
}

test('a reader of stdout that goes away ends the race quietly, with the code that shells expect', async () => {
  const home = temporaryFolder()
  const child = spawn(process.execPath, [MAIN, ...SHORT, '--race-id=unread'], {
    env: environmentOf({ home }),
    stdio: ['ignore', 'pipe', 'pipe']
  })
  child.stdout.destroy()
  let stderr = ''
  child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  const [code] = (await once(child, 'close')) as [number]
  assert.equal(code, 141)
  assert.ok(!stderr.includes('ERROR'), stderr)
  assert.ok(statSync(join(home, '.rally', 'benchmarks', 'races', 'unread', 'race.json')).isFile(), 'the results are kept')
})

test('filters that leave nothing to run are told before anything is measured', async () => {
  const { code, stdout, stderr } = await rally(['race', '--track=cities', '--include-tasks=trm'], { home: temporaryFolder() })
  assert.equal(code, 64)
  assert.equal(stdout, '')
  assert.match(stderr, /task filter \[trm\] matches no task, did you mean \[term\]\?/)
  assert.match(stderr, /there is no task to run\nHint: look at --include-tasks/)
})
