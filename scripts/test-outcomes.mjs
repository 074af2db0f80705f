// A reporter of node:test: a line of JSON for each test that has ended.
// oxlint-disable-next-line import/no-default-export -- node:test takes a reporter by its default export
export default async function* testOutcomes(events) {
  for await (const { type, data } of events) {
    if (type !== 'test:fail' && type !== 'test:pass') continue
    yield `${JSON.stringify({ name: data.name, file: data.file ?? data.name, isOk: type === 'test:pass' })}\n`
  }
}
