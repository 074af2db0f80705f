/** Ends a `switch` over a union: leaving out a case then fails the build. */
export function unreachable(value: never): never {
  throw new Error(`unexpected value: ${JSON.stringify(value)}`)
}
