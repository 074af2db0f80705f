// The program's start. The version is asked for often, by scripts too: it loads nothing else.

import { programVersion, versionText } from '../core/version.ts'

const line = process.argv.slice(2)
if (line.length === 1 && line[0] === '--version') {
  process.stdout.on('error', () => process.exit(141))
  process.stdout.write(`rally ${versionText(programVersion())}\n`)
} else {
  const { runCli } = await import('./cli.ts')
  process.exit(await runCli(line))
}
