// One source file as the checks need it: its imports, its longest functions, and its code without words (comments, strings, patterns).
import { readFileSync } from 'node:fs'
import { parseSync, Visitor } from 'oxc-parser'

/**
 * @param {string} path
 * @returns {{ lines: number, imports: { specifier: string | null, line: number }[], functions: { name: string, line: number, lines: number }[], code: string }}
 *   `specifier` null: an import() of a computed path. Throws if the file cannot be parsed.
 */
export function readModule(path) {
  const text = readFileSync(path, 'utf8')
  const { program, comments, errors } = parseSync(path, text, { lang: path.endsWith('.ts') ? 'ts' : 'js' })
  if (errors.length > 0) throw new Error(`${path}: ${errors[0].message}`)
  const lineOf = lineFinder(text)
  const imports = []
  const functions = []
  const words = comments.map(({ start, end }) => [start, end])

  const take = (source, node) => imports.push({ specifier: source?.type === 'Literal' ? source.value : null, line: lineOf(node.start) })
  const measure = (node) => {
    const line = lineOf(node.start)
    functions.push({ name: node.id?.name ?? '', line, lines: lineOf(node.end) - line + 1 })
  }
  new Visitor({
    ImportDeclaration: (node) => take(node.source, node),
    ExportAllDeclaration: (node) => take(node.source, node),
    ExportNamedDeclaration: (node) => node.source && take(node.source, node),
    ImportExpression: (node) => take(node.source, node),
    TSImportType: (node) => take(node.source ?? node.argument, node),
    FunctionDeclaration: measure,
    FunctionExpression: measure,
    ArrowFunctionExpression: measure,
    Literal: (node) => words.push([node.start, node.end]),
    TemplateElement: (node) => words.push([node.start, node.end])
  }).visit(program)

  const end = text.endsWith('\n') ? 1 : 0
  return { lines: text.split('\n').length - end, imports, functions, code: blank(text, words) }
}

/** Line (from 1) of an offset in the text. */
export function lineFinder(text) {
  const starts = [0]
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1)
  return (offset) => {
    let [low, high] = [0, starts.length]
    while (high - low > 1) {
      const middle = (low + high) >> 1
      if (starts[middle] <= offset) low = middle
      else high = middle
    }
    return low + 1
  }
}

function blank(text, ranges) {
  const parts = []
  let from = 0
  for (const [start, end] of ranges.sort((a, b) => a[0] - b[0])) {
    if (end <= from) continue
    parts.push(text.slice(from, start), text.slice(Math.max(start, from), end).replace(/[^\n]/g, ' '))
    from = end
  }
  return parts.join('') + text.slice(from)
}
