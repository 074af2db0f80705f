// Elastic Rally's banner above a final report, which scripts look for.

const RULE = '------------------------------------------------------'

const LETTERS = [
  RULE,
  '    _______             __   _____',
  '   / ____(_)___  ____ _/ /  / ___/_________  ________',
  '  / /_  / / __ \\/ __ `/ /   \\__ \\/ ___/ __ \\/ ___/ _ \\',
  ' / __/ / / / / / /_/ / /   ___/ / /__/ /_/ / /  /  __/',
  '/_/   /_/_/ /_/\\__,_/_/   /____/\\___/\\____/_/   \\___/',
  RULE
]

/** Ends with a newline; bold where colours are wanted. */
export function finalScore(color: boolean): string {
  const text = `\n${LETTERS.join('\n')}\n${' '.repeat(12)}`
  return color ? `\u001b[1m${text}\u001b[0m\n` : `${text.trimEnd()}\n`
}
