// The text of an ini file → its entries with their lines. Until now Python's configparser read these files: no comment
// behind a value, `key: value` too, indented lines continue a value. The ini package has other habits (`#` cuts a value,
// dots nest sections, quotes vanish), so each entry is first written in a form that it gives back as it stood.

import { parse } from 'ini'

export interface IniEntry {
  readonly section: string
  readonly key: string
  readonly value: string
  /** From 1. */
  readonly line: number
}

/** Something wrong with one line. */
export interface IniRemark {
  readonly line: number
  readonly message: string
}

export interface IniFile {
  readonly entries: readonly IniEntry[]
  /** Sections in their order, with the line of their first head. */
  readonly sections: ReadonlyMap<string, number>
  readonly problems: readonly IniRemark[]
  readonly warnings: readonly IniRemark[]
}

export function readIni(source: string): IniFile {
  const scan = scanLines(source.replace(/^\ufeff/, '').split(/\r\n|\n|\r/))
  const parsed = parse(scan.raw.map(inIniWords).join('\n')) as Readonly<Record<string, unknown>>
  const entries: IniEntry[] = []
  for (const [section, content] of Object.entries(parsed)) {
    for (const [key, value] of Object.entries(content as Record<string, unknown>)) {
      entries.push({ section, key, value: String(value), line: scan.lines.get(placeOf(section, key)) ?? 0 })
    }
  }
  return { entries, sections: scan.sections, problems: scan.problems, warnings: scan.warnings }
}

/** A head or an entry as it stood, continued lines joined by a newline. */
type RawLine = { readonly head: string } | { readonly key: string; readonly values: string[] }

interface Scan {
  readonly raw: RawLine[]
  /** By `placeOf`. */
  readonly lines: Map<string, number>
  readonly sections: Map<string, number>
  readonly problems: IniRemark[]
  readonly warnings: IniRemark[]
}

const HEAD = /^\[([^\]]*)\]\s*$/
const ENTRY = /^([^=:]+?)\s*[=:](.*)$/
const placeOf = (section: string, key: string): string => `${section}\n${key}`

function scanLines(lines: readonly string[]): Scan {
  const scan: Scan = { raw: [], lines: new Map(), sections: new Map(), problems: [], warnings: [] }
  let section: string | null = null
  let open: { readonly indent: number; readonly values: string[] } | null = null
  for (const [index, full] of lines.entries()) {
    const content = full.trim()
    const line = index + 1
    if (content === '' || content.startsWith('#') || content.startsWith(';')) continue
    const indent = full.length - full.trimStart().length
    if (open !== null && indent > open.indent) {
      open.values.push(content)
      continue
    }
    open = null
    const head = HEAD.exec(content)
    if (head !== null) {
      section = head[1]!.trim()
      if (!scan.sections.has(section)) scan.sections.set(section, line)
      scan.raw.push({ head: section })
      continue
    }
    const entry = ENTRY.exec(content)
    if (entry === null) scan.problems.push({ line, message: `"${content}" is neither a [section] nor key = value` })
    else if (section === null) scan.problems.push({ line, message: `key [${entry[1]!}] stands before any [section]` })
    else open = { indent, values: addEntry(scan, { section, line, key: entry[1]!, value: entry[2]!.trim() }) }
  }
  return scan
}

/** Notes the entry and gives the list that its next lines belong to. */
function addEntry(scan: Scan, entry: IniEntry): string[] {
  const place = placeOf(entry.section, entry.key)
  const earlier = scan.lines.get(place)
  if (earlier !== undefined) {
    scan.warnings.push({
      line: entry.line,
      message: `section [${entry.section}], key [${entry.key}] also stands in line ${earlier}; the last one counts`
    })
  }
  scan.lines.set(place, entry.line)
  const values = [entry.value]
  scan.raw.push({ key: entry.key, values })
  return values
}

// JSON's quotes shield a text from the ini package's comments, escapes and words; a backslash shields a dot in a section.
function inIniWords(raw: RawLine): string {
  if ('head' in raw) return `[${raw.head.replaceAll('.', '\\.')}]`
  return `${JSON.stringify(raw.key)}=${JSON.stringify(raw.values.join('\n'))}`
}
