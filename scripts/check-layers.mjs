// Checks what neither compiler nor linter can: who may import whom and through which files, that there is no circle (types included),
// who alone may use a package or a word, how paths are written, and that files and functions stay short. The rules are layers.json.
//   node scripts/check-layers.mjs [folder that holds src/, test/ and scripts/layers.json]
import { existsSync, readFileSync, readdirSync } from 'node:fs'
import { builtinModules } from 'node:module'
import { dirname, join, posix } from 'node:path'
import { fileURLToPath } from 'node:url'
import { lineFinder, readModule } from './read-module.mjs'

const root = process.argv[2] ?? join(dirname(fileURLToPath(import.meta.url)), '..')
const table = JSON.parse(readFileSync(join(root, 'scripts', 'layers.json'), 'utf8'))
const problems = []
const graph = new Map()

checkTable(table)
const files = [...filesIn('src', '.ts'), ...filesIn('test', '.ts'), ...filesIn('scripts', '.mjs')]
for (const file of files) checkFile(file)
checkCircles()

for (const problem of problems) console.error(problem)
console.error(`${files.length} files, ${problems.length} problems`)
process.exitCode = problems.length > 0 ? 1 : 0

function filesIn(folder, ending) {
  if (!existsSync(join(root, folder))) return []
  const all = readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
  return all
    .filter((entry) => entry.isFile() && entry.name.endsWith(ending))
    .map((entry) => posix.join(folder, entry.parentPath.slice(join(root, folder).length).replaceAll('\\', '/'), entry.name))
    .filter((file) => !/(^|\/)(node_modules|fixtures)\//.test(file))
    .sort()
}

// A folder may name only folders above it: then no circle of folders can be allowed by mistake.
function checkTable({ layers }) {
  const names = Object.keys(layers)
  for (const [at, [name, { may }]] of Object.entries(layers).entries()) {
    for (const other of may) {
      if (!names.includes(other)) problems.push(`scripts/layers.json: ${name} may import ${other}, which is no folder of the table`)
      else if (names.indexOf(other) >= at)
        problems.push(`scripts/layers.json: ${name} reaches down to ${other}: name only folders above it`)
    }
  }
}

function checkFile(file) {
  const module = readModule(join(root, file))
  const report = (line, message) => problems.push(`${file}:${line}: ${message}`)
  checkLengths(file, module, report)
  checkName(file, report)
  graph.set(file, [])
  for (const { specifier, line } of module.imports) checkImport(file, specifier, (message) => report(line, message), line)
  if (file.startsWith('src/')) checkWords(folderOf(file), module.code, report)
}

function checkLengths(file, module, report) {
  const limit = file.startsWith('test/') ? table.maxTestLines : table.maxLines
  if (module.lines > limit) report(limit + 1, `${module.lines} lines, the limit is ${limit}: split the file by subject`)
  for (const { name, line, lines } of module.functions) {
    if (lines > table.maxFunctionLines)
      report(line, `function ${name || 'without a name'} has ${lines} lines, the limit is ${table.maxFunctionLines}: split it`)
  }
}

function checkName(file, report) {
  const parts = file.split('/')
  if (parts[0] === 'src' && (parts.length < 3 || table.layers[parts[1]] === undefined)) {
    report(
      1,
      `${parts.length < 3 ? 'a file' : `folder ${parts[1]}`} that is not in scripts/layers.json: move it into a folder, or add the folder to the table`
    )
  }
  // test/helpers is the one folder of its kind: stub targets, fake clocks.
  const wrong = parts.slice(2).map((part) => part.split('.')[0]).find((part) => table.forbiddenNames.includes(part))
  if (wrong !== undefined) report(1, `nothing is called ${wrong}: name it for its subject`)
}

function checkImport(file, specifier, report, line) {
  if (specifier === null) {
    report('import() of a computed path cannot be checked: write the path as a literal')
  } else if (specifier.startsWith('.')) {
    checkPath(file, specifier, report, line)
  } else if (!specifier.startsWith('node:') && builtinModules.includes(specifier.split('/')[0])) {
    report(`imports "${specifier}": write node:${specifier}`)
  } else if (file.startsWith('src/')) {
    const owners = table.owners[packageOf(specifier)]
    if (owners !== undefined && !owners.includes(folderOf(file)))
      report(`imports "${specifier}", which belongs to ${owners.join(', ')}: ask there for what you need`)
  }
}

function checkPath(file, specifier, report, line) {
  const target = posix.join(posix.dirname(file), specifier)
  if (!/\.(ts|json)$/.test(specifier) && !file.endsWith('.mjs')) {
    report(`imports "${specifier}": write the path with its ending .ts`)
    return
  }
  graph.get(file).push({ target, line })
  if (!file.startsWith('src/')) return
  if (!target.startsWith('src/')) {
    report(`imports "${specifier}" from outside of src: move it into src`)
    return
  }
  const [own, other] = [folderOf(file), folderOf(target)]
  const [rule, otherRule] = [table.layers[own], table.layers[other]]
  if (own === other || rule === undefined || otherRule === undefined) return
  const door = target
    .split('/')
    .slice(2)
    .join('/')
    .replace(/\.(ts|json)$/, '')
  if (!rule.may.includes(other))
    report(`${own} may not import ${other} ("${specifier}"): it may import ${rule.may.join(', ') || 'nothing'}`)
  else if (otherRule.doors !== '*' && !otherRule.doors.includes(door)) {
    report(`"${specifier}" is no door of ${other}: its doors are ${otherRule.doors.join(', ') || 'none'}`)
  }
}

function checkWords(folder, code, report) {
  const lineOf = lineFinder(code)
  for (const [pattern, allowed] of Object.entries(table.only)) {
    if (allowed.includes(folder)) continue
    for (const match of code.matchAll(new RegExp(pattern, 'g')))
      report(lineOf(match.index), `${match[0]} belongs to ${allowed.join(', ')}: pass in what you need`)
  }
}

// Depth first; a file met again while it is still open closes a circle.
function checkCircles() {
  const state = new Map()
  const walk = (file, path) => {
    state.set(file, 'open')
    for (const { target, line } of graph.get(file) ?? []) {
      if (state.get(target) === 'open') {
        const circle = [...path.slice(path.indexOf(target)), target].join(' -> ')
        problems.push(`${file}:${line}: circle ${circle}: move what both need into a third file`)
      } else if (state.get(target) === undefined) walk(target, [...path, target])
    }
    state.set(file, 'done')
  }
  for (const file of graph.keys()) if (state.get(file) === undefined) walk(file, [file])
}

function folderOf(file) {
  return file.split('/')[1]
}

/** `undici/types/x` → `undici`, `@scope/name/x` → `@scope/name`, `node:fs/promises` → `node:fs`. */
function packageOf(specifier) {
  return specifier.split('/', specifier.startsWith('@') ? 2 : 1).join('/')
}
