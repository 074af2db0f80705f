/** A server's words on one line: escapes and control characters become spaces, so that they cannot move the cursor. */
export function onOneLine(text: string, maxLength: number): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu, ' ').trim()
  return line.length > maxLength ? `${line.slice(0, maxLength)} …` : line
}
