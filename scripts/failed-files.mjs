// A reporter of node:test: one line per test file that holds a failed test.
// oxlint-disable-next-line import/no-default-export -- node:test takes a reporter by its default export
export default async function* failedFiles(events) {
  const seen = new Set()
  for await (const { type, data } of events) {
    if (type !== 'test:fail' || data.todo || data.file === undefined || seen.has(data.file)) continue
    seen.add(data.file)
    yield `${data.file}\n`
  }
}
