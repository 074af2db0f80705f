/** What the program's exit code says; the README shows the same table. */
export const EXIT_CODES: Readonly<Record<number, string>> = {
  0: 'done; every criterion passed',
  1: 'a bug in Rally; its stack is shown',
  2: 'usage: wrong flags or arguments',
  64: 'any other error, also one that ends a running race; the message names what is wrong: configuration, track, data files, target, disk …',
  97: 'the race is invalid: the load generator could not keep up, or a part of it was lost',
  98: 'a criterion failed',
  99: 'the load was stopped because a criterion failed',
  130: 'cancelled by the user',
  141: 'nobody reads the output any more (closed pipe)'
}
